/* A layer between a program and its C library that cuts a run at one call.
 *
 * Loaded with LD_PRELOAD. It counts the calls that touch a file or folder whose path begins with CUT_ROOT, and those on
 * descriptors opened there; at call number CUT_AT it does what CUT_HOW says:
 *
 *   count      nothing: every call is written to CUT_LOG, a line each
 *   enospc     the call fails: no space left
 *   eio        the call fails: input/output error
 *   erofs      the call fails: read-only file system (only calls that change something)
 *   full       a write goes half through; it and every later call that needs room fails: no space left
 *   dead       the call and every later one fails: input/output error
 *   before     the process is killed just before the call
 *   after      the process is killed just after the call
 *   gone       the folder CUT_ROOT is removed with all that is in it, just before the call
 *
 * CUT_EXCHANGE=no: names can't be exchanged, as on file systems that have no such step.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#define MOST_FDS 65536

/* What a call is, for the ways to fail it. */
enum { LOOKS = 0, CHANGES = 1, NEEDS_ROOM = 3, WRITES = 7 };

static char root[PATH_MAX];
static size_t root_length;
static long at = -1;
static char how[16];
static int no_exchange, log_fd = -1;
static long calls;
static int broken; /* full or dead, from now on */
static unsigned char ours[MOST_FDS];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static __thread int inside; /* our own calls are not counted */

#define REAL(name) \
    static __typeof__(name) *real; \
    if (!real) { real = (__typeof__(name) *)dlsym(RTLD_NEXT, #name); }

__attribute__((constructor)) static void begin(void) {
    const char *folder = getenv("CUT_ROOT"), *number = getenv("CUT_AT"), *way = getenv("CUT_HOW");
    const char *log = getenv("CUT_LOG"), *exchange = getenv("CUT_EXCHANGE");
    if (!folder || !way) return;
    snprintf(root, sizeof root, "%s", folder);
    snprintf(how, sizeof how, "%s", way);
    if (number) at = atol(number);
    no_exchange = exchange && !strcmp(exchange, "no");
    if (log) log_fd = (int)syscall(SYS_openat, AT_FDCWD, log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    /* A child is another program. */
    unsetenv("LD_PRELOAD");
    root_length = strlen(root);
}

/* Whether a path lies in the root; one that is not absolute is looked up from the current folder. */
static int path_is_ours(const char *path) {
    char whole[PATH_MAX * 2], here[PATH_MAX];
    if (!root_length || !path || !*path || inside) return 0;
    if (path[0] != '/') {
        if (syscall(SYS_getcwd, here, sizeof here) < 0) return 0;
        snprintf(whole, sizeof whole, "%s/%s", here, path);
        path = whole;
    }
    return !strncmp(path, root, root_length) && (path[root_length] == '/' || !path[root_length]);
}

static int fd_is_ours(int fd) {
    return root_length && !inside && fd >= 0 && fd < MOST_FDS && ours[fd];
}

static int note(int fd, int mine) {
    if (fd >= 0 && fd < MOST_FDS) ours[fd] = (unsigned char)mine;
    return fd;
}

static int removed(const char *path, const struct stat *s, int kind, struct FTW *f) {
    (void)s; (void)kind; (void)f;
    return remove(path);
}

static int is(const char *way) { return !strcmp(how, way); }

/* What becomes of a call: 0 to go on, an error number to fail with. `*after`: to be killed after it. `*half`: to go half
 * through. */
static int cut(const char *name, const char *what, int kind, int *after, int *half) {
    int error = 0;
    *after = *half = 0;
    pthread_mutex_lock(&lock);
    long number = calls++;
    if (log_fd >= 0) {
        char line[PATH_MAX + 80];
        int length = snprintf(line, sizeof line, "%d %s %s\n", kind, name, what ? what : "-");
        syscall(SYS_write, log_fd, line, (size_t)length);
    }
    int now = number == at;
    if (broken) {
        if (is("dead")) error = EIO;
        else if ((kind & NEEDS_ROOM) == NEEDS_ROOM) error = ENOSPC;
    } else if (now) {
        if (is("enospc")) error = ENOSPC;
        else if (is("eio")) error = EIO;
        else if (is("erofs")) error = kind & CHANGES ? EROFS : 0;
        else if (is("full")) { broken = 1; if (kind == WRITES) *half = 1; else if ((kind & NEEDS_ROOM) == NEEDS_ROOM) error = ENOSPC; }
        else if (is("dead")) { broken = 1; error = EIO; }
        else if (is("before")) { syscall(SYS_kill, getpid(), SIGKILL); pause(); }
        else if (is("after")) *after = 1;
        else if (is("gone")) { inside++; nftw(root, removed, 16, FTW_DEPTH | FTW_PHYS); inside--; }
    }
    pthread_mutex_unlock(&lock);
    return error;
}

static void die(int after) {
    if (after) { syscall(SYS_kill, getpid(), SIGKILL); pause(); }
}

/* A call on a path or a descriptor that is not a write. */
#define CALL(mine, name, what, kind, failed, ...) \
    if (mine) { \
        int after, half, error = cut(name, what, kind, &after, &half); \
        (void)half; \
        if (error) { errno = error; return failed; } \
        __typeof__(__VA_ARGS__) result = __VA_ARGS__; \
        int kept = errno; \
        die(after); \
        errno = kept; \
        return result; \
    } \
    return __VA_ARGS__

#define WANTS_MODE(flags) ((flags) & (O_CREAT | O_TMPFILE))
#define OPENED(flags) ((flags) & (O_WRONLY | O_RDWR | O_CREAT) ? ((flags) & O_CREAT ? NEEDS_ROOM : CHANGES) : LOOKS)

static int opened(int dir, const char *path, int flags, mode_t mode) {
    return (int)syscall(SYS_openat, dir, path, flags, mode);
}

static int do_open(int dir, const char *path, int flags, mode_t mode) {
    int mine = (dir == AT_FDCWD || (path && path[0] == '/')) && path_is_ours(path);
    if (dir != AT_FDCWD && fd_is_ours(dir)) mine = 1;
    if (!mine) return note(opened(dir, path, flags, mode), 0);
    int after, half, error = cut("open", path, OPENED(flags), &after, &half);
    if (error) { errno = error; return -1; }
    int fd = note(opened(dir, path, flags, mode), 1), kept = errno;
    die(after);
    errno = kept;
    return fd;
}

#define OPENS(name, ...) \
    mode_t mode = 0; \
    if (WANTS_MODE(flags)) { va_list rest; va_start(rest, flags); mode = va_arg(rest, mode_t); va_end(rest); } \
    return do_open(__VA_ARGS__, mode)

int open(const char *path, int flags, ...) { OPENS(open, AT_FDCWD, path, flags); }
int open64(const char *path, int flags, ...) { OPENS(open64, AT_FDCWD, path, flags | O_LARGEFILE); }
int openat(int dir, const char *path, int flags, ...) { OPENS(openat, dir, path, flags); }
int openat64(int dir, const char *path, int flags, ...) { OPENS(openat64, dir, path, flags | O_LARGEFILE); }
int creat(const char *path, mode_t mode) { return do_open(AT_FDCWD, path, O_CREAT | O_WRONLY | O_TRUNC, mode); }

int close(int fd) {
    if (!fd_is_ours(fd)) { note(fd, 0); return (int)syscall(SYS_close, fd); }
    note(fd, 0);
    int after, half, error = cut("close", 0, LOOKS, &after, &half);
    /* Linux closes it all the same. */
    int result = (int)syscall(SYS_close, fd);
    die(after);
    if (error) { errno = error; return -1; }
    return result;
}

#define WRITE(name, whole, half_of) \
    if (fd_is_ours(fd)) { \
        int after, half, error = cut(name, 0, WRITES, &after, &half); \
        if (error) { errno = error; return -1; } \
        ssize_t done = half ? (half_of) : (whole); \
        int kept = errno; \
        die(after); \
        errno = kept; \
        return done; \
    } \
    return whole

static ssize_t written(int fd, const void *bytes, size_t n) {
    if (!n) { errno = ENOSPC; return -1; }
    return syscall(SYS_write, fd, bytes, n);
}
static ssize_t written_at(int fd, const void *bytes, size_t n, off64_t where) {
    if (!n) { errno = ENOSPC; return -1; }
    return syscall(SYS_pwrite64, fd, bytes, n, where);
}

ssize_t write(int fd, const void *bytes, size_t n) {
    WRITE("write", syscall(SYS_write, fd, bytes, n), written(fd, bytes, n / 2));
}
ssize_t pwrite(int fd, const void *bytes, size_t n, off_t where) {
    WRITE("pwrite", syscall(SYS_pwrite64, fd, bytes, n, where), written_at(fd, bytes, n / 2, where));
}
ssize_t pwrite64(int fd, const void *bytes, size_t n, off64_t where) {
    WRITE("pwrite", syscall(SYS_pwrite64, fd, bytes, n, where), written_at(fd, bytes, n / 2, where));
}
ssize_t writev(int fd, const struct iovec *parts, int count) {
    WRITE("writev", syscall(SYS_writev, fd, parts, count), written(fd, parts[0].iov_base, parts[0].iov_len / 2));
}
ssize_t copy_file_range(int from, off64_t *a, int fd, off64_t *b, size_t n, unsigned flags) {
    WRITE("copy_file_range", syscall(SYS_copy_file_range, from, a, fd, b, n, flags),
          syscall(SYS_copy_file_range, from, a, fd, b, n / 2, flags));
}

ssize_t read(int fd, void *bytes, size_t n) {
    CALL(fd_is_ours(fd), "read", 0, LOOKS, -1, (ssize_t)syscall(SYS_read, fd, bytes, n));
}
ssize_t pread(int fd, void *bytes, size_t n, off_t where) {
    CALL(fd_is_ours(fd), "pread", 0, LOOKS, -1, (ssize_t)syscall(SYS_pread64, fd, bytes, n, where));
}
ssize_t pread64(int fd, void *bytes, size_t n, off64_t where) {
    CALL(fd_is_ours(fd), "pread", 0, LOOKS, -1, (ssize_t)syscall(SYS_pread64, fd, bytes, n, where));
}
int fsync(int fd) { CALL(fd_is_ours(fd), "fsync", 0, NEEDS_ROOM, -1, (int)syscall(SYS_fsync, fd)); }
int fdatasync(int fd) { CALL(fd_is_ours(fd), "fdatasync", 0, NEEDS_ROOM, -1, (int)syscall(SYS_fdatasync, fd)); }
int ftruncate(int fd, off_t n) { CALL(fd_is_ours(fd), "ftruncate", 0, NEEDS_ROOM, -1, (int)syscall(SYS_ftruncate, fd, n)); }
int ftruncate64(int fd, off64_t n) { CALL(fd_is_ours(fd), "ftruncate", 0, NEEDS_ROOM, -1, (int)syscall(SYS_ftruncate, fd, n)); }
int fchmod(int fd, mode_t mode) { CALL(fd_is_ours(fd), "fchmod", 0, CHANGES, -1, (int)syscall(SYS_fchmod, fd, mode)); }
int fchown(int fd, uid_t u, gid_t g) { CALL(fd_is_ours(fd), "fchown", 0, CHANGES, -1, (int)syscall(SYS_fchown, fd, u, g)); }
int flock(int fd, int what) { CALL(fd_is_ours(fd), "flock", 0, LOOKS, -1, (int)syscall(SYS_flock, fd, what)); }

int rename(const char *from, const char *to) {
    CALL(path_is_ours(from) || path_is_ours(to), "rename", from, CHANGES, -1,
         (int)syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, 0));
}
int renameat2(int a, const char *from, int b, const char *to, unsigned flags) {
    int mine = path_is_ours(from) || path_is_ours(to);
    if (mine && no_exchange && flags) { errno = EINVAL; return -1; }
    CALL(mine, "renameat2", from, CHANGES, -1, (int)syscall(SYS_renameat2, a, from, b, to, flags));
}
int link(const char *from, const char *to) {
    CALL(path_is_ours(from) || path_is_ours(to), "link", from, NEEDS_ROOM, -1,
         (int)syscall(SYS_linkat, AT_FDCWD, from, AT_FDCWD, to, 0));
}
int linkat(int a, const char *from, int b, const char *to, int flags) {
    CALL(path_is_ours(from) || path_is_ours(to), "link", from, NEEDS_ROOM, -1,
         (int)syscall(SYS_linkat, a, from, b, to, flags));
}
int mkdir(const char *path, mode_t mode) {
    CALL(path_is_ours(path), "mkdir", path, NEEDS_ROOM, -1, (int)syscall(SYS_mkdirat, AT_FDCWD, path, mode));
}
int rmdir(const char *path) {
    CALL(path_is_ours(path), "rmdir", path, CHANGES, -1, (int)syscall(SYS_unlinkat, AT_FDCWD, path, AT_REMOVEDIR));
}
int unlink(const char *path) {
    CALL(path_is_ours(path), "unlink", path, CHANGES, -1, (int)syscall(SYS_unlinkat, AT_FDCWD, path, 0));
}
int unlinkat(int dir, const char *path, int flags) {
    CALL(path_is_ours(path) || fd_is_ours(dir), "unlinkat", path, CHANGES, -1, (int)syscall(SYS_unlinkat, dir, path, flags));
}
int chmod(const char *path, mode_t mode) {
    CALL(path_is_ours(path), "chmod", path, CHANGES, -1, (int)syscall(SYS_fchmodat, AT_FDCWD, path, mode));
}
int access(const char *path, int mode) {
    CALL(path_is_ours(path), "access", path, LOOKS, -1, (int)syscall(SYS_faccessat, AT_FDCWD, path, mode));
}
ssize_t readlink(const char *path, char *to, size_t n) {
    CALL(path_is_ours(path), "readlink", path, LOOKS, -1, (ssize_t)syscall(SYS_readlinkat, AT_FDCWD, path, to, n));
}
int statx(int dir, const char *path, int flags, unsigned mask, struct statx *s) {
    CALL(*path ? path_is_ours(path) : fd_is_ours(dir), "statx", path, LOOKS, -1,
         (int)syscall(SYS_statx, dir, path, flags, mask, s));
}
int stat(const char *path, struct stat *s) {
    REAL(stat);
    CALL(path_is_ours(path), "stat", path, LOOKS, -1, real(path, s));
}
int lstat(const char *path, struct stat *s) {
    REAL(lstat);
    CALL(path_is_ours(path), "lstat", path, LOOKS, -1, real(path, s));
}
int fstat(int fd, struct stat *s) {
    REAL(fstat);
    CALL(fd_is_ours(fd), "fstat", 0, LOOKS, -1, real(fd, s));
}
int stat64(const char *path, struct stat64 *s) {
    REAL(stat64);
    CALL(path_is_ours(path), "stat", path, LOOKS, -1, real(path, s));
}
int lstat64(const char *path, struct stat64 *s) {
    REAL(lstat64);
    CALL(path_is_ours(path), "lstat", path, LOOKS, -1, real(path, s));
}
int fstat64(int fd, struct stat64 *s) {
    REAL(fstat64);
    CALL(fd_is_ours(fd), "fstat", 0, LOOKS, -1, real(fd, s));
}
char *realpath(const char *path, char *to) {
    REAL(realpath);
    CALL(path_is_ours(path), "realpath", path, LOOKS, NULL, real(path, to));
}

/* Folders that are read: the library opens them by itself. */
#define MOST_DIRS 64
static DIR *dirs[MOST_DIRS];

static DIR *kept(DIR *dir) {
    for (int n = 0; dir && n < MOST_DIRS; n++) if (__sync_bool_compare_and_swap(&dirs[n], NULL, dir)) break;
    return dir;
}
static int dir_is_ours(DIR *dir) {
    for (int n = 0; !inside && n < MOST_DIRS; n++) if (dirs[n] == dir) return 1;
    return 0;
}
static DIR *listed(const char *path) {
    REAL(opendir);
    return kept(real(path));
}
DIR *opendir(const char *path) {
    REAL(opendir);
    int mine = path_is_ours(path);
    if (!mine) return real(path);
    CALL(mine, "opendir", path, LOOKS, NULL, listed(path));
}
struct dirent64 *readdir64(DIR *dir) {
    REAL(readdir64);
    CALL(dir_is_ours(dir), "readdir", 0, LOOKS, NULL, real(dir));
}
int closedir(DIR *dir) {
    REAL(closedir);
    for (int n = 0; n < MOST_DIRS; n++) if (dirs[n] == dir) dirs[n] = NULL;
    return real(dir);
}
