/* SPDX-License-Identifier: GPL-2.0 OR BSD-2-Clause */
/* Block layer requests and disks, reduced as in kernel/task.h. */
#pragma once

#include <linux/types.h>

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

#define DISK_NAME_LENGTH 32
struct gendisk {
	char disk_name[DISK_NAME_LENGTH];
};

struct request_queue {
	unsigned int required_elevator_features; /* until 6.9 */
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
#define REQ_OP_WRITE 1

static __always_inline struct gendisk *disk_of(struct request *request)
{
	if (bpf_core_field_exists(((struct request___before_5_17 *)0)->rq_disk))
		return ((struct request___before_5_17 *)request)->rq_disk;
	return request->q->disk;
}

/*
 * The name of the whole disk, zero-padded: empty for a controller's own request. Not the device number, because the next disk may get
 * the same number, and because the hidden disks below NVMe multipath have none that user space knows.
 */
static __always_inline void disk_name_of(struct request *request, char name[DISK_NAME_LENGTH])
{
	struct gendisk *disk = disk_of(request);

	__builtin_memset(name, 0, DISK_NAME_LENGTH);
	if (disk)
		bpf_probe_read_kernel_str(name, DISK_NAME_LENGTH, disk->disk_name);
}

/*
 * The status as it was numbered before 6.10: 63b5385e7814 ("block: Remove BLK_STS_ZONE_RESOURCE") took away status 14, and the ones
 * after it moved down, which left 18 free; later kernels may use it for INVAL. The same series removed the field below
 * (e4eb37cc0f3e, "block: Remove elevator required features").
 */
static __always_inline int old_status(int status)
{
	bool moved = !bpf_core_field_exists(((struct request_queue *)0)->required_elevator_features);

	return moved && status >= 14 && status <= 18 ? status + 1 : status;
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

	__u64 index;

	if (status < 0)
		return -status;
	index = old_status(status);
	/* The verifier bounds the index only if the comparison and the load use the same register. */
	barrier_var(index);
	if (index < sizeof(errors) && errors[index])
		return errors[index];
	return 5; /* EIO, the kernel's own fallback */
}
