// SPDX-License-Identifier: GPL-2.0
/*
 * /sys/kernel/mm/mempolicy/weighted_interleave/nodeN
 */
#define pr_fmt(fmt) "mempolicy: " fmt

#include <linux/init.h>
#include <linux/kobject.h>
#include <linux/kstrtox.h>
#include <linux/slab.h>
#include <linux/sysfs.h>

#include "internal.h"

struct weight_file {
	struct kobj_attribute attr;
	int nid;
	char name[sizeof("node") + 10];
};

static int nid_of(struct kobj_attribute *attr)
{
	return container_of(attr, struct weight_file, attr)->nid;
}

static ssize_t weight_show(struct kobject *kobj, struct kobj_attribute *attr,
			   char *buf)
{
	return sysfs_emit(buf, "%u\n", mpol_get_weight(nid_of(attr)));
}

/* Nothing, like 0, means the default. */
static ssize_t weight_store(struct kobject *kobj, struct kobj_attribute *attr,
			    const char *buf, size_t count)
{
	u8 weight = 0;
	int err;

	if (!sysfs_streq(buf, "") && kstrtou8(buf, 0, &weight))
		return -EINVAL;
	err = mpol_set_weight(nid_of(attr), weight);
	return err ?: count;
}

static void weight_file_init(struct weight_file *file, int nid)
{
	file->nid = nid;
	snprintf(file->name, sizeof(file->name), "node%d", nid);
	sysfs_attr_init(&file->attr.attr);
	file->attr.attr.name = file->name;
	file->attr.attr.mode = 0644;
	file->attr.show = weight_show;
	file->attr.store = weight_store;
}

/* The files stay for good once they are there. */
static int __init create_weight_files(struct kobject *dir)
{
	struct attribute_group group = {};
	struct weight_file *files;
	int nid, nr = 0, err = -ENOMEM;

	files = kcalloc(nr_node_ids, sizeof(*files), GFP_KERNEL);
	group.attrs = kcalloc(nr_node_ids + 1, sizeof(*group.attrs),
			      GFP_KERNEL);
	if (!files || !group.attrs)
		goto out;
	for_each_node(nid) {
		weight_file_init(&files[nr], nid);
		group.attrs[nr] = &files[nr].attr.attr;
		nr++;
	}
	err = sysfs_create_group(dir, &group);
out:
	kfree(group.attrs);
	if (err)
		kfree(files);
	return err;
}

static int __init mpol_sysfs_init(void)
{
	struct kobject *root, *dir = NULL;
	int err = -ENOMEM;

	root = kobject_create_and_add("mempolicy", mm_kobj);
	if (root)
		dir = kobject_create_and_add("weighted_interleave", root);
	if (dir)
		err = create_weight_files(dir);
	if (!err)
		return 0;

	pr_err("no files for weights: error %d\n", err);
	kobject_put(dir);
	kobject_put(root);
	return err;
}
late_initcall(mpol_sysfs_init);
