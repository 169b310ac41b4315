package worker

import (
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"

	"kirinuki/engine/worker/sandbox"
)

// limitSelf bounds what a child that goes wrong can do to the machine.
func limitSelf() {
	// A core dump would hold pictures. One byte, since a limit of zero is not
	// respected where dumps go to a program.
	unix.Setrlimit(unix.RLIMIT_CORE, &unix.Rlimit{Cur: 1, Max: 1})
	// Out of memory, this process is the one to go.
	os.WriteFile("/proc/self/oom_score_adj", []byte("1000"), 0)
}

// keepStdout moves the protocol's stream to a descriptor of its own; what is
// printed from now on goes to standard error.
func keepStdout(out *os.File) *os.File {
	fd, err := unix.FcntlInt(out.Fd(), unix.F_DUPFD_CLOEXEC, 3)
	if err != nil {
		return out
	}
	if err := unix.Dup3(2, 1, 0); err != nil {
		unix.Close(fd)
		return out
	}
	return os.NewFile(uintptr(fd), "frames")
}

// confine takes away what q does not need: sockets and files.
func confine(q request) Status {
	var s Status
	read := []string{
		"/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib", "/nix/store", "/gnu/store", "/run/current-system/sw/lib",
		"/etc/ld.so.cache", "/proc/self", "/proc/cpuinfo", "/proc/meminfo", "/proc/stat", "/sys/devices/system", "/sys/fs/cgroup",
		"/dev/urandom", "/dev/zero", q.Path,
	}
	read = append(read, filepath.SplitList(os.Getenv("LD_LIBRARY_PATH"))...)
	if q.Library != "" {
		read = append(read, libraryFiles(q.Library)...)
	}
	devices := []string{"/dev/null"}
	if q.Device == "" || q.Device == "cpu" {
		limitMemory()
		s.Sockets = sandbox.DenySockets() == nil
		s.Internet = s.Sockets
	} else {
		s.Internet = sandbox.DenyInternet() == nil
		r, d := driverFiles()
		read, devices = append(read, r...), append(devices, d...)
	}
	read = dropEmpty(read)
	if f, err := sandbox.RestrictFiles(read, devices); err == nil {
		s.Files = f.ABI
	}
	return s
}

// libraryFiles are the runtime's library and the providers beside it.
func libraryFiles(library string) []string {
	real, err := filepath.EvalSymlinks(library)
	if err != nil {
		return []string{library}
	}
	files := []string{library, real}
	for _, dir := range []string{filepath.Dir(library), filepath.Dir(real)} {
		more, _ := filepath.Glob(filepath.Join(dir, "libonnxruntime*"))
		files = append(files, more...)
	}
	return files
}

// driverFiles are what Vulkan's loader and the makers' drivers read, and the
// devices they drive.
func driverFiles() (read, devices []string) {
	home, _ := os.UserHomeDir()
	read = []string{
		"/usr/share", "/usr/local/share/vulkan", "/etc/vulkan", "/etc/drirc", "/etc/glvnd", "/etc/OpenCL", "/etc/nvidia",
		"/sys", "/proc/driver", "/proc/devices", "/proc/modules", "/proc/version", "/proc/sys",
		"/opt/cuda", "/opt/rocm", "/opt/amdgpu", "/opt/amdgpu-pro", "/run/opengl-driver",
		filepath.Join(home, ".local/share/vulkan"), filepath.Join(home, ".config/vulkan"),
	}
	cuda, _ := filepath.Glob("/usr/local/cuda*")
	read = append(read, cuda...)
	for _, name := range []string{"VK_ICD_FILENAMES", "VK_DRIVER_FILES", "VK_ADD_DRIVER_FILES"} {
		for _, f := range filepath.SplitList(os.Getenv(name)) {
			read = append(read, f, filepath.Dir(f))
		}
	}
	nvidia, _ := filepath.Glob("/dev/nvidia*")
	return read, append(nvidia, "/dev/dri", "/dev/kfd", "/dev/dxg", "/dev/udmabuf")
}

// limitMemory bounds the address space to what the machine has, so that a
// network that asks for more fails instead of making the machine swap.
func limitMemory() {
	var info unix.Sysinfo_t
	if unix.Sysinfo(&info) != nil {
		return
	}
	total := uint64(info.Totalram)*uint64(info.Unit) + 4<<30
	var now unix.Rlimit
	if unix.Getrlimit(unix.RLIMIT_AS, &now) == nil && now.Cur > total {
		unix.Setrlimit(unix.RLIMIT_AS, &unix.Rlimit{Cur: total, Max: min(now.Max, total)})
	}
}

func dropEmpty(paths []string) []string {
	var kept []string
	for _, p := range paths {
		if strings.TrimSpace(p) != "" {
			kept = append(kept, p)
		}
	}
	return kept
}
