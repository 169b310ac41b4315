package worker

import (
	"context"

	"kirinuki/engine/fault"
)

// Adapter is a graphics processor as its driver names it.
type Adapter struct {
	Name     string
	Software bool   // the processor itself pretends to be one
	Driver   string // version, in the driver's own numbers
	Reason   string // why there is no list; then the rest is empty
}

// Adapters lists the graphics processors that WebGPU could use. It asks the
// drivers in a child process, since asking alone can crash. On Linux these
// are Vulkan's; elsewhere there is no way to ask, and one adapter stands for
// what the system has.
func Adapters(ctx context.Context, o Options) ([]Adapter, error) {
	o.defaults()
	p, err := start(o)
	if err != nil {
		return nil, err
	}
	defer p.end()
	c := &Client{o: o, name: "gpu", p: p}
	var list []Adapter
	err = c.call(ctx, func() error {
		if err := writeFrame(p.in, kAdapters, 0); err != nil {
			return err
		}
		return p.answer(0, kAdapters, func(h header) error { return readJSON(p.out, h, &list) })
	}, nil)
	if err != nil {
		return nil, err
	}
	const most = 16
	if len(list) > most {
		return nil, fault.Newf(fault.Crashed, "gpu", "a list of %d adapters", len(list))
	}
	return list, nil
}
