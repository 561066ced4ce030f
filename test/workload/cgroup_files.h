/* Files and folders of cgroups. */
#ifndef CGROUP_FILES_H
#define CGROUP_FILES_H

/* Writes to an existing file of the folder; fails the workload if that is not possible. */
void write_file(const char *folder, const char *name, const char *text);

/* The same, but does nothing if this kernel does not have the file. */
void write_file_if_present(const char *folder, const char *name, const char *text);

/* Removes a cgroup. Waits up to 5 seconds for its last process to leave. */
void remove_cgroup(const char *folder);

#endif
