// The one program of the test images, without dependencies: the pause process of pods and of nodes, a server that answers with
// its name, a client that tries connections, one that prints an answer, and a forwarder between a port and a socket. It decides
// nothing about what is right.
//
//	agent pause                          waits, and reaps the processes that it inherits
//	agent serve [-name N] tcp:8080 ...   answers each connection, or packet, with its name
//	agent dial [-dns ADDRESS] [ORDER...] tries what it is told or reads, see dial.go
//	agent read HOST:PORT                 prints what a server says
//	agent forward FROM TO ...            joins each connection to FROM with a new one to TO: tcp:HOST:PORT or unix:PATH
package main

import (
	"fmt"
	"os"
	"os/signal"
	"syscall"
)

const version = "1.0.0"

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "agent:", err)
		os.Exit(1)
	}
}

func run(words []string) error {
	if len(words) == 0 {
		words = []string{""}
	}
	switch words[0] {
	case "-version", "--version":
		fmt.Println("agent", version)
		return nil
	case "pause":
		pause()
		return nil
	case "serve":
		return serve(words[1:])
	case "dial":
		return dialAll(words[1:])
	case "read":
		return read(words[1:])
	case "forward":
		return forward(words[1:])
	}
	return fmt.Errorf("say pause, serve, dial, read or forward")
}

// pause ends on SIGTERM and SIGINT. As the first process of its pid namespace it inherits orphans.
func pause() {
	ends := make(chan os.Signal, 1)
	signal.Notify(ends, syscall.SIGTERM, syscall.SIGINT)
	children := make(chan os.Signal, 1)
	signal.Notify(children, syscall.SIGCHLD)
	for {
		select {
		case <-ends:
			return
		case <-children:
			for {
				if pid, err := syscall.Wait4(-1, nil, syscall.WNOHANG, nil); pid <= 0 || err != nil {
					break
				}
			}
		}
	}
}

// untilTerminated waits for the signal that ends a pod.
func untilTerminated() {
	ends := make(chan os.Signal, 1)
	signal.Notify(ends, syscall.SIGTERM, syscall.SIGINT)
	<-ends
}
