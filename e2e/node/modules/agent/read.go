package main

import (
	"fmt"
	"io"
	"net"
	"os"
	"time"
)

// patience is how long a person waits for an answer.
const patience = 5 * time.Second

// read prints what a server says to who connects, for a person who looks with `kubectl exec`.
func read(words []string) error {
	if len(words) != 1 {
		return fmt.Errorf("read HOST:PORT")
	}
	connection, err := net.DialTimeout("tcp", words[0], patience)
	if err != nil {
		return err
	}
	defer connection.Close()
	_ = connection.SetReadDeadline(time.Now().Add(patience))
	_, err = io.Copy(os.Stdout, connection)
	return err
}
