package worker

// Adapter is a graphics processor as its driver names it.
type Adapter struct {
	Name     string
	Software bool   // the processor itself pretends to be one
	Driver   string // version, in the driver's own numbers
	Reason   string // why there is no list; then the rest is empty
}
