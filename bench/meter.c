/*
 * Measures for the benchmarks without a JavaScript engine. Reads one command per line and answers with one line:
 *   find PID             the id of the first map of a process with keys of 24 bytes
 *   fill ID N            puts N entries into the map; answers ok
 *   move                 makes the program of the map add to every entry; answers ok
 *   read ID              nanoseconds of one BPF_MAP_LOOKUP_BATCH of all entries, and their number
 *   get PORT PATH ACCEPT ENCODING   nanoseconds from the request to the last byte of the answer, and its bytes
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <bpf/bpf.h>
#include <errno.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

struct key {
	uint32_t process;
	uint16_t device;
	uint16_t operation;
	char command[16];
};

static const char *const commands[] = { "nginx", "postgres", "kworker/u8:2", "systemd-journal", "node", "bash" };

_Noreturn static void fail(const char *operation)
{
	fprintf(stderr, "meter: %s: %s\n", operation, strerror(errno));
	exit(1);
}

static uint64_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1000000000ull + time.tv_nsec;
}

static int open_map(uint32_t id)
{
	int map = bpf_map_get_fd_by_id(id);

	if (map < 0)
		fail("open map");
	return map;
}

static uint32_t map_size(int map)
{
	struct bpf_map_info info = {};
	uint32_t size = sizeof(info);

	if (bpf_obj_get_info_by_fd(map, &info, &size))
		fail("describe map");
	return info.max_entries;
}

static void find(uint32_t process)
{
	for (int descriptor = 0; descriptor < 256; descriptor++) {
		char path[64], line[128];
		unsigned int key_size = 0, id = 0, value;
		FILE *file;

		snprintf(path, sizeof(path), "/proc/%u/fdinfo/%d", process, descriptor);
		file = fopen(path, "r");
		while (file && fgets(line, sizeof(line), file)) {
			if (sscanf(line, "key_size: %u", &value) == 1)
				key_size = value;
			if (sscanf(line, "map_id: %u", &value) == 1)
				id = value;
		}
		if (file)
			fclose(file);
		if (key_size == sizeof(struct key) && id) {
			printf("%u\n", id);
			return;
		}
	}
	errno = ENOENT;
	fail("find map");
}

static void fill(uint32_t id, uint32_t count)
{
	struct key *keys = calloc(count, sizeof(*keys));
	uint64_t *values = calloc(count, sizeof(*values));
	DECLARE_LIBBPF_OPTS(bpf_map_batch_opts, options);
	int map = open_map(id);

	for (uint32_t i = 0; i < count; i++) {
		keys[i].process = 1000 + i;
		keys[i].device = i % 26;
		keys[i].operation = i % 2;
		snprintf(keys[i].command, sizeof(keys[i].command), "%s", commands[i % 6]);
		values[i] = 100000 + 97ull * i;
	}
	if (bpf_map_update_batch(map, keys, values, &count, &options))
		fail("fill map");
	close(map);
	free(keys);
	free(values);
	printf("ok\n");
}

static void move(void)
{
	/* scrape.bpf.c waits for this name. */
	prctl(PR_SET_NAME, "santabpf-move");
	prctl(PR_SET_NAME, "meter");
	printf("ok\n");
}

static void read_map(uint32_t id)
{
	static struct key *keys;
	static uint64_t *values;
	static uint32_t capacity;
	int map = open_map(id);
	uint32_t count = map_size(map), position;
	DECLARE_LIBBPF_OPTS(bpf_map_batch_opts, options);
	uint64_t start, end;
	int result;

	if (count > capacity) {
		capacity = count;
		keys = realloc(keys, capacity * sizeof(*keys));
		values = realloc(values, capacity * sizeof(*values));
		/* Fault the memory in, so its page faults are not measured. */
		memset(keys, 1, capacity * sizeof(*keys));
		memset(values, 1, capacity * sizeof(*values));
	}
	start = now();
	result = bpf_map_lookup_batch(map, NULL, &position, keys, values, &count, &options);
	end = now();
	if (result && errno != ENOENT)
		fail("read map");
	close(map);
	printf("%" PRIu64 " %u\n", end - start, count);
}

/* Bytes received and not yet read. */
static char received[1 << 18];
static size_t received_start, received_end;

static void receive(int client)
{
	ssize_t got = read(client, received, sizeof(received));

	if (got == 0)
		errno = ECONNRESET;
	if (got <= 0)
		fail("read answer");
	received_start = 0;
	received_end = got;
}

/* Reads a line and drops its end. */
static void read_line(int client, char *line, size_t capacity)
{
	size_t length = 0;

	for (;;) {
		if (received_start == received_end)
			receive(client);
		line[length] = received[received_start++];
		if (line[length] == '\n')
			break;
		if (length + 1 < capacity)
			length++;
	}
	line[length > 0 && line[length - 1] == '\r' ? length - 1 : length] = 0;
}

static void skip(int client, uint64_t bytes)
{
	while (bytes > 0) {
		uint64_t there;

		if (received_start == received_end)
			receive(client);
		there = received_end - received_start;
		if (there > bytes)
			there = bytes;
		received_start += there;
		bytes -= there;
	}
}

/* Reads an answer to its last byte. Returns the size of its encoded body. */
static uint64_t read_answer(int client)
{
	char line[1024];
	bool is_chunked = false;
	uint64_t length = 0, size;

	read_line(client, line, sizeof(line));
	if (strncmp(line, "HTTP/1.1 200", 12)) {
		fprintf(stderr, "meter: answered %s\n", line);
		exit(1);
	}
	while (read_line(client, line, sizeof(line)), line[0]) {
		if (!strcasecmp(line, "transfer-encoding: chunked"))
			is_chunked = true;
		if (!strncasecmp(line, "content-length: ", 16))
			length = strtoull(line + 16, NULL, 10);
	}
	if (!is_chunked) {
		skip(client, length);
		return length;
	}
	do {
		read_line(client, line, sizeof(line));
		size = strtoull(line, NULL, 16);
		skip(client, size);
		read_line(client, line, sizeof(line));
		length += size;
	} while (size > 0);
	return length;
}

/* Keeps its connection alive, as Prometheus does. */
static void get(int port, const char *path, const char *accept, const char *encoding)
{
	static int client = -1, connected_port;
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	char request[1024];
	int length = snprintf(request, sizeof(request), "GET %s HTTP/1.1\r\nHost: localhost\r\nAccept: %s\r\nAccept-Encoding: %s\r\n\r\n", path,
			      accept, encoding);
	uint64_t start, bytes;

	if (connected_port != port) {
		if (client >= 0)
			close(client);
		client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
		if (client < 0 || connect(client, (struct sockaddr *)&address, sizeof(address)))
			fail("connect");
		connected_port = port;
		received_start = received_end = 0;
	}
	start = now();
	if (write(client, request, length) != length)
		fail("send request");
	bytes = read_answer(client);
	printf("%" PRIu64 " %" PRIu64 "\n", now() - start, bytes);
}

int main(void)
{
	char line[512], path[128], accept[128], encoding[64];
	unsigned int first, second;

	while (fgets(line, sizeof(line), stdin)) {
		if (sscanf(line, "find %u", &first) == 1)
			find(first);
		else if (sscanf(line, "fill %u %u", &first, &second) == 2)
			fill(first, second);
		else if (!strcmp(line, "move\n"))
			move();
		else if (sscanf(line, "read %u", &first) == 1)
			read_map(first);
		else if (sscanf(line, "get %u %127s %127s %63s", &first, path, accept, encoding) == 4)
			get(first, path, accept, encoding);
		else
			return 2;
		fflush(stdout);
	}
	return 0;
}
