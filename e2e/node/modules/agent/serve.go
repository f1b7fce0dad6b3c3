package main

import (
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
)

// serve answers with a name on every listener, as `tcp:8080` or `udp:10.0.0.1:53`.
func serve(words []string) error {
	host, err := os.Hostname()
	if err != nil {
		return err
	}
	flags := flag.NewFlagSet("serve", flag.ContinueOnError)
	name := flags.String("name", host, "what to answer")
	if err := flags.Parse(words); err != nil {
		return err
	}
	for _, listener := range flags.Args() {
		protocol, address, _ := strings.Cut(listener, ":")
		if !strings.Contains(address, ":") {
			address = ":" + address
		}
		if err := listen(protocol, address, *name); err != nil {
			return err
		}
	}
	untilTerminated()
	return nil
}

func listen(protocol, address, name string) error {
	switch protocol {
	case "tcp":
		listener, err := net.Listen("tcp", address)
		if err != nil {
			return err
		}
		go acceptAll(listener, func(connection net.Conn) {
			defer connection.Close()
			fmt.Fprintln(connection, name)
		})
		return nil
	case "udp":
		// One socket per family: an answer must come from the address that was asked.
		for _, family := range []string{"udp4", "udp6"} {
			socket, err := net.ListenPacket(family, address)
			if err != nil && family == "udp4" {
				return err
			}
			if err == nil {
				go echo(socket, name)
			}
		}
		return nil
	}
	return fmt.Errorf("%q is neither tcp nor udp", protocol)
}

func echo(socket net.PacketConn, name string) {
	packet := make([]byte, 64)
	for {
		_, from, err := socket.ReadFrom(packet)
		if err != nil {
			return
		}
		_, _ = socket.WriteTo([]byte(name+"\n"), from)
	}
}

func acceptAll(listener net.Listener, handle func(net.Conn)) {
	for {
		connection, err := listener.Accept()
		if err != nil {
			return
		}
		go handle(connection)
	}
}

// forward joins connections, for each pair of places, until it is terminated.
func forward(words []string) error {
	if len(words)%2 != 0 {
		return fmt.Errorf("forward FROM TO [FROM TO]...")
	}
	for ; len(words) > 0; words = words[2:] {
		network, address, _ := strings.Cut(words[0], ":")
		if network == "unix" {
			_ = os.Remove(address)
		}
		listener, err := net.Listen(network, address)
		if err != nil {
			return err
		}
		to := words[1]
		go acceptAll(listener, func(from net.Conn) { join(from, to) })
	}
	untilTerminated()
	return nil
}

func join(from net.Conn, place string) {
	defer from.Close()
	network, address, _ := strings.Cut(place, ":")
	to, err := net.Dial(network, address)
	if err != nil {
		return
	}
	defer to.Close()
	ended := make(chan struct{}, 2)
	for _, pair := range [][2]net.Conn{{from, to}, {to, from}} {
		go func() {
			_, _ = io.Copy(pair[1], pair[0])
			halfClose(pair[1])
			ended <- struct{}{}
		}()
	}
	<-ended
	<-ended
}

// halfClose tells the other end that no more comes, and still lets it answer.
func halfClose(connection net.Conn) {
	if half, ok := connection.(interface{ CloseWrite() error }); ok {
		_ = half.CloseWrite()
	}
}
