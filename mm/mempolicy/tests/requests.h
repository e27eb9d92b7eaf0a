/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the tests of objects ask for, and threads that do so at the same time.
 */
#ifndef _MM_MEMPOLICY_TESTS_REQUESTS_H
#define _MM_MEMPOLICY_TESTS_REQUESTS_H

#include <kunit/test.h>
#include <linux/completion.h>
#include <linux/kthread.h>
#include <linux/mman.h>
#include <linux/slab.h>
#include <linux/vmstat.h>

#include "../internal.h"

#define REQUEST_THREADS	4

/* A request as mpol_create() wants it; @mode may have flags. */
static inline void request(struct mpol_spec *spec, int mode,
			   const nodemask_t *nodes)
{
	mpol_spec_set_mode(spec, mode);
	spec->nodes = *nodes;
}

/* Gives current a policy; @nodes is NULL for a mode without nodes. */
static inline void request_task_policy(struct kunit *test, int mode,
				       const nodemask_t *nodes)
{
	struct mpol_spec spec;

	mpol_spec_set_mode(&spec, mode);
	if (nodes)
		spec.nodes = *nodes;
	KUNIT_ASSERT_EQ(test, 0, mpol_set_task_policy(&spec));
}

/*
 * Policies that no other task has: what runs while the tests do may have
 * policies too, but hardly static ones.
 */
static inline struct mempolicy *create(struct kunit *test, int mode,
				       const nodemask_t *nodes)
{
	struct mpol_spec spec;
	struct mempolicy *pol;

	request(&spec, mode, nodes);
	pol = mpol_create(&spec);
	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, pol);
	return pol;
}

/* Before each test: an address space, which remembers no policy yet. */
static inline int request_init(struct kunit *test)
{
	unsigned long addr;

	addr = kunit_vm_mmap(test, NULL, 0, PAGE_SIZE, PROT_READ,
			     MAP_ANONYMOUS | MAP_PRIVATE, 0);
	return addr ? 0 : -ENOMEM;
}

struct request_thread {
	struct mm_struct *mm;
	int (*work)(void *arg);	/* returns a number of errors */
	void *arg;
	int errors;
	struct completion done;
};

static inline int request_thread(void *data)
{
	struct request_thread *thread = data;

	if (thread->mm)
		kthread_use_mm(thread->mm);
	thread->errors = thread->work(thread->arg);
	if (thread->mm)
		kthread_unuse_mm(thread->mm);
	complete(&thread->done);
	return 0;
}

/* Runs @work in several threads at once: how many errors? */
static inline int request_threads(int (*work)(void *arg), void *arg)
{
	struct request_thread threads[REQUEST_THREADS];
	int i, nr, errors = 0;

	for (nr = 0; nr < REQUEST_THREADS; nr++) {
		threads[nr].mm = current->mm;
		threads[nr].work = work;
		threads[nr].arg = arg;
		init_completion(&threads[nr].done);
		if (IS_ERR(kthread_run(request_thread, &threads[nr],
				       "mempolicy-kunit")))
			break;
	}
	for (i = 0; i < nr; i++) {
		wait_for_completion(&threads[i].done);
		errors += threads[i].errors;
	}
	return errors + REQUEST_THREADS - nr;
}

/* The first node with memory, and another one if there is any. */
static inline void request_nodes(nodemask_t *one, nodemask_t *two)
{
	int nid = first_node(node_states[N_MEMORY]);

	*one = nodemask_of_node(nid);
	*two = *one;
	node_set(next_node_in(nid, node_states[N_MEMORY]), *two);
}

/* Pages that objects take which are not to be reclaimed. */
static inline unsigned long request_slab_pages(void)
{
	kvfree_rcu_barrier();
	return global_node_page_state_pages(NR_SLAB_UNRECLAIMABLE_B);
}

#endif /* _MM_MEMPOLICY_TESTS_REQUESTS_H */
