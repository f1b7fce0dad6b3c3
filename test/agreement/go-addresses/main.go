// Prints how Go's net/netip, and so the API server's isIP and isCIDR, reads some hundred texts, most of them nearly right.
// Each line of the JSON is the text, the address in hexadecimal, and the first address of the prefix with its length.
// To write the table anew: go run test/agreement/go-addresses/main.go > test/agreement/go-addresses/table.json
package main

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/netip"
	"strings"
)

var addresses = []string{
	"0.0.0.0", "1.2.3.4", "10.0.0.0", "10.0.0.1", "255.255.255.255", "172.16.0.0", "192.168.1.0",
	"::", "::1", "1::", "1::2", "fd00::", "FD00::", "Fd00::aB", "2001:db8::1", "2001:DB8:0:0:0:0:0:0",
	"1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7::", "::2:3:4:5:6:7:8", "1:2:3::5:6:7:8", "0:0:0:0:0:0:0:0", "0000:0000::",
	"::1.2.3.4", "::0.0.0.0", "::0:1.2.3.4", "1::1.2.3.4", "64:ff9b::1.2.3.4", "64:ff9b::10.0.0.0", "1:2:3:4:5:6:1.2.3.4",
	"1:2:3:4:5::1.2.3.4", "::ffff:1.2.3.4", "::FFFF:1.2.3.4", "::ffff:102:304", "0:0:0:0:0:ffff:1.2.3.4",
	"0:0:0:0:0:ffff:102:304", "::ffff:0:1.2.3.4", "::ffff:0:0", "2002:a00::", "fe80::1", "ff02::1", "::fffe:1.2.3.4",
	// Not quite addresses.
	"", ":", ":::", "::::", ".", "...", "1", "1.2", "1.2.3", "1.2.3.4.5", "1.2.3.", ".1.2.3", "1..2.3", "1.2.3.4.",
	"256.0.0.0", "1.2.3.256", "1.2.3.1000", "01.2.3.4", "1.02.3.4", "1.2.3.04", "1.2.3.00", "00.0.0.0", "0x1.2.3.4",
	"0x7f000001", "2130706433", "1.2.3.4 ", " 1.2.3.4", "1.2.3.4\n", "1.2.3.a", "1,2.3.4", "-1.2.3.4", "+1.2.3.4",
	"1.2.3.-4", "1e1.0.0.0", "１.2.3.4", "1。2.3.4", "[::1]", "::1]", "[1.2.3.4]", "localhost", "everywhere",
	"1:2", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7:8::", "::1:2:3:4:5:6:7:8", "1::2::3", "1:::2", ":1", "1:",
	":1:2:3:4:5:6:7", "1:2:3:4:5:6:7:", "::1:", ":1::", "12345::", "::12345", "00001::", "::0001", "::00000", "g::", "::g",
	"::1.2.3", "::1.2.3.4.5", "::1.2.3.256", "::01.2.3.4", "::1.2.3.04", "::0x1.2.3.4", "::1.2.3.4:5", "1.2.3.4::",
	"1.2.3.4:5", "1:1.2.3.4", "1:2:3:4:5:1.2.3.4", "1:2:3:4:5:6:7:1.2.3.4", "1:2:3:4:5:6::1.2.3.4", "::1:2:3:4:5:6:1.2.3.4",
	"::1.2.3.4.", "::.1.2.3", "::1..2.3", "::a.2.3.4", "::1.2.3.a", "::ffff:1.2.3", "::ffff:01.2.3.4", "::ffff:1.2.3.4:0",
	"fe80::1%eth0", "fe80::1%1", "fe80::%", "%eth0", "fe80::1%eth0%1", "1.2.3.4%eth0", "::1.2.3.4%eth0", "::ffff:1.2.3.4%0",
	"fe80::%eth0:1", ":: ", " ::", "::\n", "::\t1", "1 ::", "1: :2", "::-1", "::+1", "::1_0", "١::", "::１", "1::2%",
}

var lengths = []string{
	"0", "1", "8", "31", "32", "33", "64", "96", "104", "127", "128", "129", "1000", "99999999999999999999",
	"", "00", "08", "+8", "-8", "-0", " 8", "8 ", "8\n", "0x8", "8.0", "1_0", "a", "８", "8/8", "255.0.0.0", "%eth0",
}

// What isIP and isCIDR of CEL refuse besides: pkg/cel/library/ip.go and cidr.go of k8s.io/apiserver.
func address(text string) string {
	read, err := netip.ParseAddr(text)
	if err != nil || read.Zone() != "" || read.Is4In6() {
		return ""
	}
	return hex.EncodeToString(read.AsSlice())
}

func prefix(text string) string {
	read, err := netip.ParsePrefix(text)
	if err != nil || read.Addr().Is4In6() {
		return ""
	}
	return fmt.Sprintf("%s/%d", hex.EncodeToString(read.Masked().Addr().AsSlice()), read.Bits())
}

func main() {
	texts := append([]string{}, addresses...)
	for _, each := range addresses {
		texts = append(texts, each+"/32", each+"/128")
	}
	for _, each := range []string{"10.0.0.0", "::", "fd00::", "::1.2.3.4", "::ffff:1.2.3.4"} {
		for _, length := range lengths {
			texts = append(texts, each+"/"+length)
		}
	}
	seen := map[string]bool{}
	var lines []string
	for _, text := range texts {
		if seen[text] {
			continue
		}
		seen[text] = true
		line, err := json.Marshal([]string{text, address(text), prefix(text)})
		if err != nil {
			panic(err)
		}
		lines = append(lines, "  "+string(line))
	}
	fmt.Printf("[\n%s\n]\n", strings.Join(lines, ",\n"))
}
