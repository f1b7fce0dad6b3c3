// The network policy controller of kube-router without the rest of that program (its BGP router and service proxy bring
// the AWS SDK and GoBGP, and twice the build time). The same options, informers and order as pkg/cmd of kube-router.
package main

import (
	"flag"
	"fmt"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"

	"github.com/cloudnativelabs/kube-router/v2/pkg/controllers/netpol"
	"github.com/cloudnativelabs/kube-router/v2/pkg/healthcheck"
	"github.com/cloudnativelabs/kube-router/v2/pkg/options"
	"github.com/spf13/pflag"
	"k8s.io/client-go/informers"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/klog/v2"
)

// What the build sets: kube-router's own version variable is filled by its Makefile only.
var version = "unknown"

func main() {
	config, err := parseOptions()
	if err == nil && config.Version {
		fmt.Printf("kube-router %s\n", version)
		return
	}
	if err == nil {
		err = run(config)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func parseOptions() (*options.KubeRouterConfig, error) {
	klog.InitFlags(nil)
	config := options.NewKubeRouterConfig()
	config.AddFlags(pflag.CommandLine)
	pflag.Parse()
	if err := flag.Set("logtostderr", "true"); err != nil {
		return nil, err
	}
	return config, flag.Set("v", config.VLevel)
}

// run enforces network policies until SIGTERM or SIGINT.
func run(config *options.KubeRouterConfig) error {
	clientConfig, err := clientcmd.BuildConfigFromFlags(config.Master, config.Kubeconfig)
	if err != nil {
		return fmt.Errorf("the kubeconfig: %w", err)
	}
	client, err := kubernetes.NewForConfig(clientConfig)
	if err != nil {
		return fmt.Errorf("the client: %w", err)
	}
	stop := make(chan struct{})
	factory := informers.NewSharedInformerFactory(client, 0)
	pods := factory.Core().V1().Pods().Informer()
	namespaces := factory.Core().V1().Namespaces().Informer()
	policies := factory.Networking().V1().NetworkPolicies().Informer()
	factory.Start(stop)
	if err := waitForSync(factory, config.CacheSyncTimeout); err != nil {
		return err
	}

	iptables, ipsets, err := netpol.NewIPTablesHandlers(config)
	if err != nil {
		return fmt.Errorf("iptables and ipset: %w", err)
	}
	var ipsetMutex sync.Mutex
	controller, err := netpol.NewNetworkPolicyController(
		client, config, pods, policies, namespaces, &ipsetMutex, iptables, ipsets)
	if err != nil {
		return fmt.Errorf("the network policy controller: %w", err)
	}
	for _, handled := range []error{
		second(pods.AddEventHandler(controller.PodEventHandler)),
		second(namespaces.AddEventHandler(controller.NamespaceEventHandler)),
		second(policies.AddEventHandler(controller.NetworkPolicyEventHandler)),
	} {
		if handled != nil {
			return handled
		}
	}

	health, err := healthcheck.NewHealthController(config)
	if err != nil {
		return fmt.Errorf("the health check: %w", err)
	}
	health.SetAlive()
	// The controller blocks where nobody takes its heartbeats.
	heartbeats := make(chan *healthcheck.ControllerHeartbeat, 10)
	var running sync.WaitGroup
	running.Add(3)
	go health.RunServer(stop, &running)
	go health.RunCheck(heartbeats, stop, &running)
	go controller.Run(heartbeats, stop, &running)

	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM)
	<-signals
	close(stop)
	running.Wait()
	return nil
}

// waitForSync waits for every informer's first list.
func waitForSync(factory informers.SharedInformerFactory, patience time.Duration) error {
	enough := make(chan struct{})
	timer := time.AfterFunc(patience, func() { close(enough) })
	defer timer.Stop()
	for kind, synced := range factory.WaitForCacheSync(enough) {
		if !synced {
			return fmt.Errorf("the API server gave no list of %v in %v", kind, patience)
		}
	}
	return nil
}

// second drops the first of two results.
func second[T any](_ T, err error) error { return err }
