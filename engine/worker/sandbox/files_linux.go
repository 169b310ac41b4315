package sandbox

import (
	"os"

	"github.com/landlock-lsm/go-landlock/landlock"
	ll "github.com/landlock-lsm/go-landlock/landlock/syscall"
)

const (
	readFile landlock.AccessFSSet = ll.AccessFSReadFile
	readDir  landlock.AccessFSSet = ll.AccessFSReadFile | ll.AccessFSReadDir
	useFile  landlock.AccessFSSet = ll.AccessFSReadFile | ll.AccessFSWriteFile | ll.AccessFSIoctlDev
	useDir   landlock.AccessFSSet = useFile | ll.AccessFSReadDir
)

func restrictFiles(read, devices []string) (Files, error) {
	abi, err := ll.LandlockGetABIVersion()
	if err != nil || abi < 1 {
		return Files{}, nil // the kernel has no Landlock
	}
	var rules []landlock.Rule
	add := func(paths []string, file, dir landlock.AccessFSSet) {
		for _, p := range paths {
			info, err := os.Stat(p)
			switch {
			case err != nil:
			case info.IsDir():
				rules = append(rules, landlock.PathAccess(dir, p).IgnoreIfMissing())
			default:
				rules = append(rules, landlock.PathAccess(file, p).IgnoreIfMissing())
			}
		}
	}
	add(read, readFile, readDir)
	add(devices, useFile, useDir)
	if err := landlock.V7.BestEffort().Restrict(rules...); err != nil {
		return Files{}, err
	}
	return Files{ABI: abi}, nil
}
