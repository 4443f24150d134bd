// Command operator is the bench's peer on controller-runtime: it applies a tenant's children, read from a JSON template, with
// server-side apply, one after the other, and writes the tenant's status once a generation. It repairs no drift, removes nothing
// and waits for nothing. It watches the tenants only; with BENCH_WATCH set it also keeps every child in its cache, as an operator
// must that is to notice drift, and does nothing with them.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/selection"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/builder"
	"sigs.k8s.io/controller-runtime/pkg/cache"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller"
	"sigs.k8s.io/controller-runtime/pkg/log"
	"sigs.k8s.io/controller-runtime/pkg/log/zap"
	metricsserver "sigs.k8s.io/controller-runtime/pkg/metrics/server"
	"sigs.k8s.io/controller-runtime/pkg/predicate"
)

const owner = client.FieldOwner("bench-operator")

var tenantKind = schema.GroupVersionKind{Group: "luna-iems.io", Version: "v1alpha1", Kind: "LunaTenant"}

type reconciler struct {
	client   client.Client
	template string
}

func (r *reconciler) Reconcile(ctx context.Context, request ctrl.Request) (ctrl.Result, error) {
	tenant := tenant()
	if err := r.client.Get(ctx, request.NamespacedName, tenant); err != nil {
		return ctrl.Result{}, client.IgnoreNotFound(err)
	}
	children, err := r.children(tenant)
	if err != nil {
		return ctrl.Result{}, err
	}
	for i := range children {
		object := client.ApplyConfigurationFromUnstructured(&children[i])
		if err := r.client.Apply(ctx, object, owner, client.ForceOwnership); err != nil {
			return ctrl.Result{}, err
		}
	}
	if err := r.report(ctx, tenant); err != nil {
		return ctrl.Result{}, err
	}
	fmt.Println("reconciled", tenant.GetName())
	return ctrl.Result{}, nil
}

func (r *reconciler) children(tenant *unstructured.Unstructured) ([]unstructured.Unstructured, error) {
	schedule, _, err := unstructured.NestedString(tenant.Object, "spec", "simulation", "schedule")
	if err != nil {
		return nil, err
	}
	text := strings.NewReplacer("__tenant__", tenant.GetName(), "__uid__", string(tenant.GetUID()), "__schedule__", schedule).
		Replace(r.template)
	var children []unstructured.Unstructured
	return children, json.Unmarshal([]byte(text), &children)
}

func (r *reconciler) report(ctx context.Context, tenant *unstructured.Unstructured) error {
	reported, _, _ := unstructured.NestedInt64(tenant.Object, "status", "observedGeneration")
	if reported == tenant.GetGeneration() {
		return nil
	}
	status := &unstructured.Unstructured{}
	status.SetGroupVersionKind(tenantKind)
	status.SetName(tenant.GetName())
	if err := unstructured.SetNestedField(status.Object, tenant.GetGeneration(), "status", "observedGeneration"); err != nil {
		return err
	}
	return r.client.Status().Apply(ctx, client.ApplyConfigurationFromUnstructured(status), owner, client.ForceOwnership)
}

func tenant() *unstructured.Unstructured {
	object := &unstructured.Unstructured{}
	object.SetGroupVersionKind(tenantKind)
	return object
}

// watchChildren has the manager's cache follow each kind of child.
func watchChildren(manager ctrl.Manager, template string) error {
	var children []unstructured.Unstructured
	if err := json.Unmarshal([]byte(template), &children); err != nil {
		return err
	}
	kinds := map[schema.GroupVersionKind]bool{}
	for i := range children {
		kinds[children[i].GroupVersionKind()] = true
	}
	for kind := range kinds {
		object := &unstructured.Unstructured{}
		object.SetGroupVersionKind(kind)
		if _, err := manager.GetCache().GetInformer(context.Background(), object, cache.BlockUntilSynced(false)); err != nil {
			return err
		}
	}
	return nil
}

func run() error {
	ctrl.SetLogger(zap.New())
	log.Log.Info("starting")
	template, err := os.ReadFile(os.Getenv("BENCH_TEMPLATE"))
	if err != nil {
		return err
	}
	config, err := ctrl.GetConfig()
	if err != nil {
		return err
	}
	// No limit on the client's side for any contender.
	config.QPS = -1
	config.UserAgent = "bench-controller-runtime"
	ofTenants, err := labels.NewRequirement("luna-iems.io/tenant", selection.Exists, nil)
	if err != nil {
		return err
	}
	manager, err := ctrl.NewManager(config, ctrl.Options{
		Metrics: metricsserver.Options{BindAddress: "0"},
		Cache: cache.Options{
			DefaultLabelSelector: labels.NewSelector().Add(*ofTenants),
			ByObject:             map[client.Object]cache.ByObject{tenant(): {Label: labels.Everything()}},
		},
	})
	if err != nil {
		return err
	}
	if os.Getenv("BENCH_WATCH") != "" {
		if err := watchChildren(manager, string(template)); err != nil {
			return err
		}
	}
	err = ctrl.NewControllerManagedBy(manager).
		Named("bench").
		For(tenant(), builder.WithPredicates(predicate.GenerationChangedPredicate{})).
		WithOptions(controller.Options{MaxConcurrentReconciles: 10}).
		Complete(&reconciler{client: manager.GetClient(), template: string(template)})
	if err != nil {
		return err
	}
	return manager.Start(ctrl.SetupSignalHandler())
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
