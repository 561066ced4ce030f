/* Connects and accepts as a 32-bit program: by socketcall(), one call for all operations on sockets. */
#include "endpoint.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

/* From <linux/net.h>. */
#define CALL_CONNECT 3
#define CALL_ACCEPT 5
#define NUMBER_OF_SOCKETCALL 102

struct low_memory {
	uint32_t arguments[3];
	struct sockaddr_storage address;
};

/* 32-bit calls take addresses below 4 GB. */
static struct low_memory *low_memory(void)
{
	static struct low_memory *memory;
	if (memory)
		return memory;
	memory = mmap(NULL, sizeof(*memory), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
	if (memory == MAP_FAILED)
		fail("mmap below 4 GB");
	return memory;
}

static int socketcall(int call, const uint32_t *arguments)
{
#ifdef __x86_64__
	long result = NUMBER_OF_SOCKETCALL;
	__asm__ volatile("int $0x80" : "+a"(result) : "b"((long)call), "c"(arguments) : "memory", "r8", "r9", "r10", "r11");
	return (int)result;
#else
	(void)call, (void)arguments;
	return -ENOSYS;
#endif
}

int connect_by_socketcall(int connection, const struct endpoint *peer)
{
	struct low_memory *low = low_memory();
	low->address = peer->address;
	low->arguments[0] = (uint32_t)connection;
	low->arguments[1] = (uint32_t)(uintptr_t)&low->address;
	low->arguments[2] = peer->length;
	return socketcall(CALL_CONNECT, low->arguments);
}

int accept_by_socketcall(int listener)
{
	struct low_memory *low = low_memory();
	memset(low->arguments, 0, sizeof(low->arguments));
	low->arguments[0] = (uint32_t)listener;
	return socketcall(CALL_ACCEPT, low->arguments);
}
