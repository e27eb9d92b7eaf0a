// SPDX-License-Identifier: GPL-2.0
/*
 * /sys/kernel/mm/mempolicy/weighted_interleave: auto, and a file nodeN for
 * every node that has memory.
 */
#define pr_fmt(fmt) "mempolicy: " fmt

#include <linux/cleanup.h>
#include <linux/init.h>
#include <linux/kobject.h>
#include <linux/kstrtox.h>
#include <linux/memory.h>
#include <linux/memory_hotplug.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/string_choices.h>
#include <linux/sysfs.h>

#include "internal.h"

struct weight_file {
	struct kobj_attribute attr;
	int nid;
	char name[sizeof("node") + 10];
};

/**
 * struct weight_dir - the directory
 * @kobj:	owns all of it
 * @lock:	under which @file changes
 * @file:	by node, or NULL
 */
struct weight_dir {
	struct kobject kobj;
	/* Not taken to read or write a file, so one may be removed under it. */
	struct mutex lock;
	struct weight_file *file[];
};

static struct weight_dir *weight_dir;

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
	if (weight)
		err = mpol_set_weight(nid_of(attr), weight);
	else
		err = mpol_reset_weight(nid_of(attr));
	return err ?: count;
}

static ssize_t auto_show(struct kobject *kobj, struct kobj_attribute *attr,
			 char *buf)
{
	return sysfs_emit(buf, "%s\n", str_true_false(mpol_weights_follow()));
}

static ssize_t auto_store(struct kobject *kobj, struct kobj_attribute *attr,
			  const char *buf, size_t count)
{
	bool follow;
	int err;

	if (kstrtobool(buf, &follow))
		return -EINVAL;
	err = mpol_follow_bandwidth(follow);
	return err ?: count;
}

/* Not __ATTR(): auto is a macro. */
static struct kobj_attribute auto_attr = {
	.attr	= { .name = "auto", .mode = 0644 },
	.show	= auto_show,
	.store	= auto_store,
};

static struct attribute *weight_dir_attrs[] = {
	&auto_attr.attr,
	NULL
};
ATTRIBUTE_GROUPS(weight_dir);

static void weight_dir_release(struct kobject *kobj)
{
	struct weight_dir *dir = container_of(kobj, struct weight_dir, kobj);
	unsigned int nid;

	for (nid = 0; nid < nr_node_ids; nid++)
		kfree(dir->file[nid]);
	kfree(dir);
}

static const struct kobj_type weight_dir_type = {
	.release	= weight_dir_release,
	.sysfs_ops	= &kobj_sysfs_ops,
	.default_groups	= weight_dir_groups,
};

static struct weight_file *new_weight_file(int nid)
{
	struct weight_file *file = kzalloc(sizeof(*file), GFP_KERNEL);

	if (!file)
		return NULL;
	file->nid = nid;
	snprintf(file->name, sizeof(file->name), "node%d", nid);
	sysfs_attr_init(&file->attr.attr);
	file->attr.attr.name = file->name;
	file->attr.attr.mode = 0644;
	file->attr.show = weight_show;
	file->attr.store = weight_store;
	return file;
}

static int add_file(struct weight_dir *dir, int nid)
{
	struct weight_file *file;
	int err;

	guard(mutex)(&dir->lock);
	if (dir->file[nid])
		return 0;
	file = new_weight_file(nid);
	if (!file)
		return -ENOMEM;
	err = sysfs_create_file(&dir->kobj, &file->attr.attr);
	if (err)
		kfree(file);
	else
		dir->file[nid] = file;
	return err;
}

/* The weight stays, for when the memory comes back. */
static void remove_file(struct weight_dir *dir, int nid)
{
	guard(mutex)(&dir->lock);
	if (!dir->file[nid])
		return;
	sysfs_remove_file(&dir->kobj, &dir->file[nid]->attr.attr);
	kfree(dir->file[nid]);
	dir->file[nid] = NULL;
}

static int update_on_hotplug(struct notifier_block *nb, unsigned long action,
			     void *arg)
{
	const struct memory_notify *change = arg;
	int err = 0, nid = change->status_change_nid;

	if (nid == NUMA_NO_NODE)
		return NOTIFY_OK;
	if (action == MEM_ONLINE)
		err = add_file(weight_dir, nid);
	else if (action == MEM_OFFLINE)
		remove_file(weight_dir, nid);
	if (err)
		pr_err("no file for the weight of node %d: error %d\n", nid,
		       err);
	return NOTIFY_OK;
}

/* No memory comes or goes until all files are there and it is watched. */
static int __init add_all_files(struct weight_dir *dir)
{
	int nid, err = 0;

	get_online_mems();
	for_each_node_state(nid, N_MEMORY) {
		err = add_file(dir, nid);
		if (err)
			break;
	}
	if (!err) {
		weight_dir = dir;
		err = hotplug_memory_notifier(update_on_hotplug,
					      DEFAULT_CALLBACK_PRI);
	}
	put_online_mems();
	return err;
}

static int __init create_weight_dir(struct kobject *parent)
{
	struct weight_dir *dir;
	int err;

	dir = kzalloc(struct_size(dir, file, nr_node_ids), GFP_KERNEL);
	if (!dir)
		return -ENOMEM;
	mutex_init(&dir->lock);
	err = kobject_init_and_add(&dir->kobj, &weight_dir_type, parent,
				   "weighted_interleave");
	if (!err)
		err = add_all_files(dir);
	if (err)
		kobject_put(&dir->kobj);
	return err;
}

static int __init mpol_sysfs_init(void)
{
	struct kobject *root;
	int err;

	root = kobject_create_and_add("mempolicy", mm_kobj);
	err = root ? create_weight_dir(root) : -ENOMEM;
	if (!err)
		return 0;

	pr_err("no files for weights: error %d\n", err);
	kobject_put(root);
	return err;
}
late_initcall(mpol_sysfs_init);
