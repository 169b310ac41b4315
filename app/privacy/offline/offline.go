// Package offline takes the internet away from this process for good, and
// looks whether it is gone. The filter itself is engine/worker/sandbox; this
// package decides when it applies and says truthfully what holds.
package offline

import (
	"errors"
	"fmt"
	"strings"
	"sync/atomic"

	"kirinuki/engine/worker/sandbox"
)

// State says what holds for this process.
type State string

// The states.
const (
	Open        State = "open"        // nothing is denied
	Locked      State = "locked"      // internet sockets are refused, to children too
	Remote      State = "remote"      // the display is on another computer, so the lock yields
	Unsupported State = "unsupported" // this system has no means for it
)

// yielded is why Engage did not lock, so that Now can say so later.
var yielded atomic.Value // State

// Engage denies internet sockets to the whole process, its threads and every
// program it starts, from now on and for good. display is the X11 display the
// window is on (the DISPLAY variable), "" where there is none. A display on
// another computer needs the network that the lock would take, so there it
// yields and returns Remote. Call it once the window has its connection.
//
// The error is not nil only where the lock should work here and did not; the
// state is then Open.
func Engage(display string) (State, error) {
	defer engaged.Store(true)
	if IsRemote(display) {
		yielded.Store(Remote)
		return Remote, nil
	}
	if err := sandbox.DenyInternet(); errors.Is(err, errors.ErrUnsupported) {
		yielded.Store(Unsupported)
		return Unsupported, nil
	} else if err != nil {
		return Open, fmt.Errorf("the offline lock: %w", err)
	}
	if !refused() {
		return Open, errors.New("the offline lock: the system took the filter and still gives out internet sockets")
	}
	return Locked, nil
}

// engaged says that Engage has run. Before it did the door is open, and a try
// would itself be what the program promises never to do: open an internet
// socket.
var engaged atomic.Bool

// Now tells what holds at this moment. It does not remember but tries: Locked
// means that the system has just refused this process an internet socket of
// every kind. Before Engage it is Open, untried.
func Now() State {
	if !engaged.Load() {
		return Open
	}
	if refused() {
		return Locked
	}
	if s, ok := yielded.Load().(State); ok {
		return s
	}
	return Open
}

// IsRemote tells whether an X11 display name leads to another computer, or to
// this one by way of the network: "host:0", "localhost:10.0", "tcp/host:0".
// ":0", "unix:0", "unix/host:0" and the path of a socket are local, as libxcb
// reads them. A name without a colon leads nowhere, so that the window cannot
// be on it.
func IsRemote(display string) bool {
	at := strings.LastIndex(display, ":")
	if at < 0 || strings.HasPrefix(display, "/") {
		return false
	}
	host := strings.TrimSuffix(display[:at], ":") // "host::0" is DECnet
	protocol := ""
	if at := strings.LastIndex(host, "/"); at >= 0 {
		protocol, host = host[:at], host[at+1:]
	}
	return protocol != "unix" && host != "" && host != "unix"
}
