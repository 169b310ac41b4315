//go:build !linux

package offline

import "net"

// refused tries a UDP socket on this computer: what a sandbox of the system
// (macOS' App Sandbox without the network entitlement) would refuse too.
func refused() bool {
	c, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err == nil {
		c.Close()
	}
	return err != nil
}

// Connections counts open internet sockets; ok is false where that cannot be
// done, as here.
func Connections() (n int, ok bool) { return 0, false }
