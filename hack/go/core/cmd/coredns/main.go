// Command coredns is upstream CoreDNS with the plugins that a cluster's DNS needs, and no others.
package main

import (
	_ "github.com/coredns/coredns/plugin/cache"
	_ "github.com/coredns/coredns/plugin/errors"
	_ "github.com/coredns/coredns/plugin/forward"
	_ "github.com/coredns/coredns/plugin/health"
	_ "github.com/coredns/coredns/plugin/kubernetes"
	_ "github.com/coredns/coredns/plugin/log"
	_ "github.com/coredns/coredns/plugin/ready"

	"github.com/coredns/coredns/core/dnsserver"
	"github.com/coredns/coredns/coremain"
)

func main() {
	// Upstream's order; a query passes the plugins in this order, whatever the Corefile's.
	dnsserver.Directives = []string{"health", "ready", "log", "errors", "cache", "kubernetes", "forward"}
	coremain.Run()
}
