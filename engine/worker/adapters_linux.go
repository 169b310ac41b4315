//go:build cgo

package worker

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strings"

	"github.com/ebitengine/purego"
)

// What is needed of vulkan_core.h: a few calls and, of two structures, the
// places of a few fields on a 64-bit machine.
const (
	vkStructureInstance = 1
	vkTypeCPU           = 4
	vkIncomplete        = 5
	vkPropertiesSize    = 824
	vkOffDriver         = 4
	vkOffVendor         = 8
	vkOffType           = 16
	vkOffName           = 20
	vkNameSize          = 256
)

// adapters asks Vulkan's loader for the devices of all drivers.
func adapters() []Adapter {
	none := func(format string, args ...any) []Adapter { return []Adapter{{Reason: fmt.Sprintf(format, args...)}} }
	lib, err := purego.Dlopen("libvulkan.so.1", purego.RTLD_NOW)
	if err != nil {
		return none("no Vulkan: %v", err)
	}
	var (
		createInstance  func(info *[8]uint64, allocator uintptr, instance *uintptr) int32
		enumerate       func(instance uintptr, count *uint32, devices *uintptr) int32
		properties      func(device uintptr, properties *byte)
		destroyInstance func(instance uintptr, allocator uintptr)
	)
	for name, f := range map[string]any{
		"vkCreateInstance": &createInstance, "vkEnumeratePhysicalDevices": &enumerate,
		"vkGetPhysicalDeviceProperties": &properties, "vkDestroyInstance": &destroyInstance,
	} {
		symbol, err := purego.Dlsym(lib, name)
		if err != nil {
			return none("no Vulkan: %v", err)
		}
		purego.RegisterFunc(f, symbol)
	}
	// VkInstanceCreateInfo is 64 bytes; zero but for its kind it asks for
	// nothing in particular.
	var instance uintptr
	if r := createInstance(&[8]uint64{vkStructureInstance}, 0, &instance); r != 0 {
		return none("Vulkan has no driver (%d)", r)
	}
	defer destroyInstance(instance, 0)
	devices := make([]uintptr, 16)
	count := uint32(len(devices))
	if r := enumerate(instance, &count, &devices[0]); r != 0 && r != vkIncomplete {
		return none("Vulkan lists no device (%d)", r)
	}
	var list []Adapter
	for _, d := range devices[:min(int(count), len(devices))] {
		// Somewhat larger than the structure, in case it grows.
		p := make([]byte, 2*vkPropertiesSize)
		properties(d, &p[0])
		list = append(list, adapter(p))
	}
	if list == nil {
		return none("Vulkan lists no device")
	}
	return list
}

// adapter reads VkPhysicalDeviceProperties.
func adapter(p []byte) Adapter {
	name, _, _ := bytes.Cut(p[vkOffName:vkOffName+vkNameSize], []byte{0})
	a := Adapter{Name: strings.ToValidUTF8(string(name), "?")}
	a.Software = binary.NativeEndian.Uint32(p[vkOffType:]) == vkTypeCPU || softwareName(a.Name)
	v := binary.NativeEndian.Uint32(p[vkOffDriver:])
	vendor := binary.NativeEndian.Uint32(p[vkOffVendor:])
	const nvidia = 0x10de
	if vendor == nvidia { // NVIDIA packs its version in its own way
		a.Driver = fmt.Sprintf("%d.%d.%d", v>>22, v>>14&0xff, v>>6&0xff)
	} else {
		a.Driver = fmt.Sprintf("%d.%d.%d", v>>22, v>>12&0x3ff, v&0xfff)
	}
	return a
}
