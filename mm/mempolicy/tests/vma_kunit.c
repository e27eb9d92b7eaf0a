// SPDX-License-Identifier: GPL-2.0
/*
 * Which areas have pages that may move.
 */
#include <kunit/test.h>
#include <linux/fs.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/pagemap.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "requests.h"

/**
 * struct mapped - a file, and an area where it is mapped
 * @vma:	the area
 * @file:	the file
 * @mapping:	its pages
 * @inode:	its inode
 */
struct mapped {
	struct vm_area_struct vma;
	struct file file;
	struct address_space mapping;
	struct inode inode;
};

static bool migratable(struct mapped *mapped, vm_flags_t flags)
{
	vm_flags_init(&mapped->vma, flags);
	return vma_migratable(&mapped->vma);
}

/* Catches areas of devices, and of pages that have to be in low memory. */
static void test_migratable(struct kunit *test)
{
	struct mapped *mapped = kunit_kzalloc(test, sizeof(*mapped), GFP_KERNEL);
	enum zone_type was = policy_zone;

	KUNIT_ASSERT_NOT_NULL(test, mapped);
	KUNIT_EXPECT_TRUE(test, migratable(mapped, VM_READ));
	KUNIT_EXPECT_FALSE(test, migratable(mapped, VM_IO));
	KUNIT_EXPECT_FALSE(test, migratable(mapped, VM_PFNMAP));

	mapped->vma.vm_file = &mapped->file;
	mapped->file.f_mapping = &mapped->mapping;
	mapped->mapping.host = &mapped->inode;
	mapping_set_gfp_mask(&mapped->mapping, GFP_HIGHUSER_MOVABLE);
	KUNIT_EXPECT_TRUE(test, migratable(mapped, VM_READ));
	mapping_set_gfp_mask(&mapped->mapping, GFP_USER);
	KUNIT_EXPECT_TRUE(test, migratable(mapped, VM_READ));
	/* As if all memory were movable. */
	policy_zone = ZONE_MOVABLE;
	KUNIT_EXPECT_FALSE(test, migratable(mapped, VM_READ));
	policy_zone = was;

	if (!IS_ENABLED(CONFIG_FS_DAX))
		return;
	mapping_set_gfp_mask(&mapped->mapping, GFP_HIGHUSER_MOVABLE);
	mapped->inode.i_flags = S_DAX;
	KUNIT_EXPECT_FALSE(test, migratable(mapped, VM_READ));
}

static int node_of(unsigned long addr)
{
	struct page *page;
	int nid = NUMA_NO_NODE;

	if (get_user_pages_fast(addr, 1, 0, &page) == 1) {
		nid = page_to_nid(page);
		put_page(page);
	}
	return nid;
}

/* As a driver would that maps pages of its own. */
static void mark_as_device(unsigned long addr, bool on)
{
	struct vm_area_struct *vma;

	mmap_write_lock(current->mm);
	vma = vma_lookup(current->mm, addr);
	if (on)
		vm_flags_set(vma, VM_IO);
	else
		vm_flags_clear(vma, VM_IO);
	mmap_write_unlock(current->mm);
}

/* Catches pages taken away from a device, and no word about those that stay. */
static void test_pages_of_device(struct kunit *test)
{
	nodemask_t nodes = node_states[N_MEMORY];
	struct mpol_migrate_control *mc;
	struct mempolicy *pol;
	unsigned long addr;
	int nid;

	if (!IS_ENABLED(CONFIG_MIGRATION) || nodes_weight(nodes) < 2)
		kunit_skip(test, "needs CONFIG_MIGRATION, and two nodes with memory");
	addr = kunit_vm_mmap(test, NULL, 0, PAGE_SIZE, PROT_READ | PROT_WRITE,
			     MAP_ANONYMOUS | MAP_PRIVATE, 0);
	KUNIT_ASSERT_NE(test, 0, addr);
	KUNIT_ASSERT_EQ(test, 0, put_user(1, (int __user *)addr));
	nid = node_of(addr);
	node_clear(nid, nodes);
	pol = create(test, MPOL_BIND | MPOL_F_STATIC_NODES, &nodes);
	mc = mpol_migrate_control_alloc(0);
	KUNIT_ASSERT_NOT_NULL(test, mc);

	mark_as_device(addr, true);
	KUNIT_EXPECT_EQ(test, -EIO,
			mpol_move_range(mc, addr, addr + PAGE_SIZE, pol));
	mark_as_device(addr, false);
	KUNIT_EXPECT_EQ(test, nid, node_of(addr));
	KUNIT_EXPECT_EQ(test, 0,
			mpol_move_range(mc, addr, addr + PAGE_SIZE, pol));
	KUNIT_EXPECT_TRUE(test, node_isset(node_of(addr), nodes));
	kfree(mc);
	mpol_put(pol);
}

static struct kunit_case vma_cases[] = {
	KUNIT_CASE(test_migratable),
	KUNIT_CASE(test_pages_of_device),
	{ }
};

static struct kunit_suite vma_suite = {
	.name		= "mempolicy-areas",
	.init		= request_init,
	.test_cases	= vma_cases,
};

kunit_test_suite(vma_suite);

MODULE_DESCRIPTION("KUnit tests of areas whose pages may move");
MODULE_LICENSE("GPL");
