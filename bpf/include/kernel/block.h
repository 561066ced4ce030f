/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Block layer requests and disks, reduced as in kernel/task.h. */
#pragma once

#include <linux/types.h>

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct gendisk {
	int major;
	int first_minor;
};

struct request_queue {
	struct gendisk *disk; /* since 5.15, d152c682f03c ("block: add an explicit ->disk backpointer to the request_queue") */
};

struct request {
	struct request_queue *q;
	unsigned int cmd_flags;
	unsigned int __data_len;
	__u64 start_time_ns;
};

struct request___before_5_17 {
	struct gendisk *rq_disk; /* until f3fa33acca9f ("block: remove the ->rq_disk field in struct request") */
};

#pragma clang attribute pop

/* request.cmd_flags: the operation, an enum req_opf (req_op since 6.0) */
#define REQ_OP_MASK 0xff

/* dev_t inside the kernel: major << 20 | minor */
#define MINOR_BITS 20

static __always_inline struct gendisk *disk_of(struct request *request)
{
	if (bpf_core_field_exists(((struct request___before_5_17 *)0)->rq_disk))
		return ((struct request___before_5_17 *)request)->rq_disk;
	return request->q->disk;
}

/* The dev_t of the whole disk. 0 for controller requests, which have no disk. */
static __always_inline __u32 device_of(struct request *request)
{
	struct gendisk *disk = disk_of(request);

	return disk ? (__u32)disk->major << MINOR_BITS | disk->first_minor : 0;
}

/*
 * The errno of a request's status. Until 5.15 the tracepoint passes an errno. Later kernels pass a BLK_STS_* of
 * include/linux/blk_types.h; the table below is blk_errors[] of block/blk-core.c.
 */
static __always_inline __u32 errno_of(int status)
{
	static const __u8 errors[] = {
		[1] = 95,   /* NOTSUPP: EOPNOTSUPP */
		[2] = 110,  /* TIMEOUT: ETIMEDOUT */
		[3] = 28,   /* NOSPC: ENOSPC */
		[4] = 67,   /* TRANSPORT: ENOLINK */
		[5] = 121,  /* TARGET: EREMOTEIO */
		[6] = 52,   /* RESV_CONFLICT: EBADE */
		[7] = 61,   /* MEDIUM: ENODATA */
		[8] = 84,   /* PROTECTION: EILSEQ */
		[9] = 12,   /* RESOURCE: ENOMEM */
		[10] = 5,   /* IOERR: EIO */
		[11] = 78,  /* DM_REQUEUE: EREMCHG */
		[12] = 11,  /* AGAIN: EAGAIN */
		[13] = 16,  /* DEV_RESOURCE: EBUSY */
		[14] = 121, /* ZONE_RESOURCE: EREMOTEIO */
		[15] = 109, /* ZONE_OPEN_RESOURCE: ETOOMANYREFS */
		[16] = 75,  /* ZONE_ACTIVE_RESOURCE: EOVERFLOW */
		[17] = 19,  /* OFFLINE: ENODEV */
		[18] = 62,  /* DURATION_LIMIT: ETIME */
		[19] = 22,  /* INVAL: EINVAL */
	};

	__u64 index = (__u32)status;

	if (status < 0)
		return -status;
	/* The verifier bounds the index only if the comparison and the load use the same register. */
	barrier_var(index);
	if (index < sizeof(errors) && errors[index])
		return errors[index];
	return 5; /* EIO, the kernel's own fallback */
}
