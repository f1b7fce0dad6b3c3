package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"io"
	"net"
	"os"
	"strings"
	"sync"
	"syscall"
	"time"
)

// order is one line that is read.
type order struct {
	ID int `json:"id"`
	// tcp, udp, or dns: a query for Name at Address.
	Protocol string `json:"protocol"`
	Address  string `json:"address"`
	Name     string `json:"name"`
	// How long one attempt may take.
	TimeoutMs int `json:"timeoutMs"`
	// Ask a TCP server for its name; one that waits for its client to speak would let the attempt time out.
	Ask bool `json:"ask"`
	// Not zero: try again and again, one attempt each so many milliseconds, and report those that do not end as Expect.
	EveryMs int    `json:"everyMs"`
	Expect  string `json:"expect"`
	// Ends the attempts of the order with this ID.
	Stop bool `json:"stop"`
}

// answer is one line that is written.
type answer struct {
	ID      int    `json:"id"`
	Outcome string `json:"outcome,omitempty"`
	// The name that a server answered with.
	Name string `json:"name,omitempty"`
	// When the attempt began, in milliseconds since 1970, and how long it took.
	At   int64 `json:"at,omitempty"`
	Took int64 `json:"took"`
	// The last line about an order that was stopped: how many attempts there were.
	Tried int `json:"tried,omitempty"`
}

type dialer struct {
	resolver *net.Resolver
	lock     sync.Mutex
	out      *json.Encoder
	stops    map[int]chan struct{}
}

// dialAll obeys the JSON lines of stdin, all at the same time, until stdin ends; or, where it is given orders as words, as in a new
// pod, these until it is terminated.
func dialAll(words []string) error {
	flags := flag.NewFlagSet("dial", flag.ContinueOnError)
	dns := flags.String("dns", "", "address of the DNS that knows the names of the cluster")
	if err := flags.Parse(words); err != nil {
		return err
	}
	d := &dialer{resolver: net.DefaultResolver, out: json.NewEncoder(os.Stdout), stops: map[int]chan struct{}{}}
	if *dns != "" {
		d.resolver = resolverAt(net.JoinHostPort(*dns, "53"))
	}
	for _, word := range flags.Args() {
		if err := d.obeyJSON([]byte(word)); err != nil {
			return err
		}
	}
	if flags.NArg() > 0 {
		untilTerminated()
		return nil
	}
	lines := bufio.NewScanner(os.Stdin)
	for lines.Scan() {
		if err := d.obeyJSON(lines.Bytes()); err != nil {
			return err
		}
	}
	return lines.Err()
}

func (d *dialer) obeyJSON(text []byte) error {
	var o order
	if err := json.Unmarshal(text, &o); err != nil {
		return err
	}
	d.obey(o)
	return nil
}

func resolverAt(address string) *net.Resolver {
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "udp", address)
	}}
}

func (d *dialer) obey(o order) {
	if o.Stop {
		if stop, running := d.stops[o.ID]; running {
			close(stop)
			delete(d.stops, o.ID)
		}
		return
	}
	if o.EveryMs == 0 {
		go func() { d.write(d.attempt(o)) }()
		return
	}
	stop := make(chan struct{})
	d.stops[o.ID] = stop
	go d.repeat(o, stop)
}

func (d *dialer) write(a answer) {
	d.lock.Lock()
	defer d.lock.Unlock()
	_ = d.out.Encode(a)
}

// repeat waits at its end for the attempts that are under way.
func (d *dialer) repeat(o order, stop chan struct{}) {
	ticker := time.NewTicker(time.Duration(o.EveryMs) * time.Millisecond)
	defer ticker.Stop()
	var running sync.WaitGroup
	for tried := 1; ; tried++ {
		running.Go(func() {
			if a := d.attempt(o); a.Outcome != o.Expect {
				d.write(a)
			}
		})
		select {
		case <-stop:
			running.Wait()
			d.write(answer{ID: o.ID, Tried: tried})
			return
		case <-ticker.C:
		}
	}
}

func (d *dialer) attempt(o order) answer {
	begun := time.Now()
	ctx, cancel := context.WithTimeout(context.Background(), time.Duration(o.TimeoutMs)*time.Millisecond)
	defer cancel()
	name, err := d.connect(ctx, o)
	took := time.Since(begun).Milliseconds()
	return answer{ID: o.ID, Outcome: outcomeOf(err), Name: name, At: begun.UnixMilli(), Took: took}
}

func (d *dialer) connect(ctx context.Context, o order) (string, error) {
	if o.Protocol == "dns" {
		addresses, err := resolve(ctx, resolverAt(o.Address), o.Name)
		return strings.Join(addresses, " "), err
	}
	host, port, err := net.SplitHostPort(o.Address)
	if err != nil {
		return "", err
	}
	if net.ParseIP(host) == nil {
		addresses, err := resolve(ctx, d.resolver, host)
		if err != nil {
			return "", err
		}
		host = addresses[0]
	}
	connection, err := (&net.Dialer{}).DialContext(ctx, o.Protocol, net.JoinHostPort(host, port))
	if err != nil {
		return "", err
	}
	defer connection.Close()
	deadline, _ := ctx.Deadline()
	_ = connection.SetDeadline(deadline)
	if o.Protocol == "udp" {
		return askAgain(connection, deadline)
	}
	if !o.Ask {
		return "", nil
	}
	return readName(connection)
}

// resolve asks every second until it is answered: packets may be lost, and a resolver waits 5 s, which is also how long a change of policies
// takes, so that both of its queries may be lost.
func resolve(ctx context.Context, resolver *net.Resolver, name string) ([]string, error) {
	for {
		asked := time.Now()
		once, cancel := context.WithTimeout(ctx, time.Second)
		addresses, err := resolver.LookupHost(once, strings.TrimSuffix(name, ".")+".")
		cancel()
		// The resolver calls its deadline no timeout, and ends a little before that of the context; what is refused ends much earlier.
		isOver := time.Since(asked) > 900*time.Millisecond
		if err == nil || !isOver || ctx.Err() != nil {
			return addresses, err
		}
	}
}

// askAgain sends a packet until one is answered: packets may be lost.
func askAgain(connection net.Conn, deadline time.Time) (string, error) {
	for {
		if _, err := connection.Write([]byte("who\n")); err != nil {
			return "", err
		}
		until := time.Now().Add(250 * time.Millisecond)
		if until.After(deadline) {
			until = deadline
		}
		_ = connection.SetReadDeadline(until)
		name, err := readName(connection)
		if err == nil || !errors.Is(err, os.ErrDeadlineExceeded) || !time.Now().Before(deadline) {
			return name, err
		}
	}
}

func readName(connection net.Conn) (string, error) {
	packet := make([]byte, 512)
	n, err := connection.Read(packet)
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return strings.TrimSpace(string(packet[:n])), err
}

// outcomeOf says in one word how an attempt ended.
func outcomeOf(err error) string {
	var dns *net.DNSError
	switch {
	case err == nil:
		return "reached"
	case errors.As(err, &dns) && !dns.IsTimeout:
		return "no-name"
	case errors.Is(err, syscall.ECONNREFUSED):
		return "refused"
	case errors.Is(err, syscall.ECONNRESET):
		return "reset"
	case errors.Is(err, syscall.EHOSTUNREACH), errors.Is(err, syscall.ENETUNREACH), errors.Is(err, syscall.EACCES), errors.Is(err, syscall.EPERM):
		return "unreachable"
	case errors.Is(err, os.ErrDeadlineExceeded), errors.Is(err, context.DeadlineExceeded), isTimeout(err):
		return "timeout"
	}
	return err.Error()
}

func isTimeout(err error) bool {
	var timeout net.Error
	return errors.As(err, &timeout) && timeout.Timeout()
}
