// Turns functions into plans of kernels.
// RUN: normc-opt %s --expand-layers --differentiate | FileCheck %s --check-prefix=GRADIENT
// RUN: normc-opt %s --expand-layers --differentiate --choose-saved | FileCheck %s --check-prefix=SAVED
// RUN: normc-opt %s --expand-layers --differentiate --choose-saved --form-kernels | FileCheck %s --check-prefix=KERNELS
// RUN: normc-opt %s --expand-layers --differentiate --closed-form --cse --choose-saved --cse --stabilize --cse --form-kernels \
// RUN:   | FileCheck %s --check-prefix=LAYERS

//===----------------------------------------------------------------------===//
// From the chain rule to kernels
//===----------------------------------------------------------------------===//

// y = x / mean(x^2): the gradient, what it saves, and the kernels of both halves. What is saved is kept in f64 where it does
// not vary along each axis, as the backward is to compute with what the forward had.
func.func @ratio(%x: tensor<?x4xf32>) -> tensor<?x4xf32> {
  %sq = norm.square %x : tensor<?x4xf32>
  %ms = norm.mean %sq over [0] : tensor<?x4xf32>
  %y = norm.div %x, %ms : tensor<?x4xf32>, tensor<1x4xf32>
  return %y : tensor<?x4xf32>
}
norm.gradient @grad of @ratio wrt [0]
// GRADIENT-LABEL: func.func @grad(
// GRADIENT: %darg0_1 = norm.div %arg1, %ms
// GRADIENT: %dms = norm.sum %{{.+}} over [0]
// GRADIENT: %dsq = norm.broadcast %{{.+}} like %sq
// GRADIENT: %darg0 = norm.add %darg0_1, %darg0_2

// SAVED-LABEL: func.func @grad_forward(
// SAVED-SAME: tensor<1x4xf32> {norm.bytes = "8 * 4 = 32", norm.name = "ms", norm.saved = 0 : i64, norm.saved_type = f64}
// SAVED-LABEL: func.func @grad_backward(
// SAVED-SAME: %arg2: tensor<1x4xf32> {norm.saved = 0 : i64, norm.saved_type = f64}

// KERNELS-LABEL: kernel.plan @ratio(
// KERNELS-LABEL: kernel.plan @grad_forward(
// KERNELS-SAME: %arg0: tensor<?x4xf32> {kernel.extents = array<i64: -1, 4>, kernel.name = "arg0"}) -> (
// KERNELS-SAME: tensor<?x4xf32> {kernel.extents = array<i64: -1, 4>, kernel.name = "y", norm.result = 0 : i64},
// KERNELS-SAME: tensor<1x4xf64> {kernel.extents = array<i64: 1, 4>, kernel.name = "ms", norm.saved = 0 : i64, norm.saved_type = f64})
// KERNELS-SAME: attributes {norm.forward_of = "grad"}
// KERNELS-NEXT: %y, %y_0 = kernel.kernel "y" space [-1, 4] parallel [1] {
// KERNELS-NEXT: %[[MEAN:.+]] = kernel.sweep over [0] monoids [#kernel.monoid<mean>] {
// KERNELS-NEXT: %[[X:.+]] = kernel.load %arg0 : tensor<?x4xf32>
// KERNELS-NEXT: %[[SQ:.+]] = arith.mulf %[[X]], %[[X]] : f32
// KERNELS-NEXT: kernel.yield %[[SQ]] : f32
// KERNELS-NEXT: } : f64 {kernel.names = ["ms"]}
// A group divides once, in f64; its points multiply.
// A power of two keeps the reciprocal in the range of f32.
// KERNELS: %[[SCALED:.+]] = arith.mulf %[[MEAN]], %[[POWER:.+]] : f64
// KERNELS: %[[INVERSE:.+]] = arith.divf %{{.+}}, %[[SCALED]] : f64
// KERNELS-NEXT: %[[FACTOR:.+]] = arith.truncf %[[INVERSE]] : f64 to f32
// KERNELS-NEXT: %[[BACK:.+]] = arith.truncf %[[POWER]] : f64 to f32
// What depends on the first sweep is a second one of the same kernel.
// KERNELS-NEXT: kernel.sweep over [0] monoids [] {
// KERNELS-NEXT: %[[AGAIN:.+]] = kernel.load %arg0 : tensor<?x4xf32>
// KERNELS-NEXT: %[[Z:.+]] = arith.mulf %[[AGAIN]], %[[FACTOR]] : f32
// KERNELS-NEXT: %[[Y:.+]] = arith.mulf %[[Z]], %[[BACK]] : f32
// KERNELS-NEXT: kernel.store %[[Y]] to 0 : f32
// KERNELS-NEXT: kernel.yield
// KERNELS-NEXT: }
// KERNELS-NEXT: kernel.store %[[MEAN]] to 1 : f64
// KERNELS-NEXT: } : tensor<?x4xf32>, tensor<1x4xf64>
// KERNELS: kernel.return %y, %y_0
// KERNELS-LABEL: kernel.plan @grad_backward(
// KERNELS-SAME: %ms: tensor<1x4xf64> {kernel.extents = array<i64: 1, 4>, kernel.name = "ms", norm.saved = 0 : i64, norm.saved_type = f64}
// KERNELS-SAME: attributes {norm.backward_of = "grad"}
// KERNELS: norm.pair @grad of @grad_forward, @grad_backward

//===----------------------------------------------------------------------===//
// Reductions
//===----------------------------------------------------------------------===//

// A reduction sweeps the reduced axes in ascending order; the others are parallel.
// KERNELS-LABEL: kernel.plan @reductions(
func.func @reductions(%x: tensor<3x4x5xf32>) -> (tensor<1x4x1xf32>, tensor<3x1x5xf32>, tensor<1x1x1xf32>) {
  // KERNELS-NEXT: %s = kernel.kernel "s" space [3, 4, 5] parallel [1] {
  // KERNELS-NEXT: kernel.sweep over [0, 2] monoids [#kernel.monoid<sum>] {
  // KERNELS: } : tensor<1x4x1xf32>
  %s = norm.sum %x over [2, 0] : tensor<3x4x5xf32>
  // KERNELS-NEXT: %a = kernel.kernel "a" space [3, 4, 5] parallel [0, 2] {
  // KERNELS-NEXT: kernel.sweep over [1] monoids [#kernel.monoid<max>] {
  %a = norm.max_over %x over [1] : tensor<3x4x5xf32>
  // KERNELS: %b = kernel.kernel "b" space [3, 4, 5] parallel [] {
  // KERNELS-NEXT: %[[MIN:.+]] = kernel.sweep over [0, 1, 2] monoids [#kernel.monoid<min>] {
  // KERNELS: %[[ROUNDED:.+]] = arith.truncf %[[MIN]] : f64 to f32
  // KERNELS-NEXT: kernel.store %[[ROUNDED]] to 0 : f32
  %b = norm.min_over %x over [0, 1, 2] : tensor<3x4x5xf32>
  return %s, %a, %b : tensor<1x4x1xf32>, tensor<3x1x5xf32>, tensor<1x1x1xf32>
}

//===----------------------------------------------------------------------===//
// Types: what varies along each axis is computed in f32, what is narrower in f64 and rounded once
//===----------------------------------------------------------------------===//

// f16 and bf16 are converted where they are read and where they are returned; an explicit narrowing rounds.
// KERNELS-LABEL: kernel.plan @half(
func.func @half(%x: tensor<4xf16>, %b: tensor<4xbf16>) -> (tensor<4xf16>, tensor<4xbf16>) {
  // KERNELS-NEXT: %y, %y_0 = kernel.kernel "y"
  // KERNELS-NEXT: kernel.sweep over [0] monoids [] {
  // KERNELS-NEXT: %[[X:.+]] = kernel.load %arg0 : tensor<4xf16>
  // KERNELS-NEXT: %[[WIDE:.+]] = arith.extf %[[X]] : f16 to f32
  // KERNELS-NEXT: %[[SQ:.+]] = arith.mulf %[[WIDE]], %[[WIDE]]
  %sq = norm.square %x : tensor<4xf16>
  // Who reads y gets all digits of it.
  // KERNELS-NEXT: %[[Y:.+]] = math.exp %[[SQ]]
  // KERNELS-NEXT: %[[YH:.+]] = arith.truncf %[[Y]] : f32 to f16
  // KERNELS-NEXT: kernel.store %[[YH]] to 0 : f16
  %y = norm.exp %sq : tensor<4xf16>
  // KERNELS-NEXT: %[[NARROW:.+]] = arith.truncf %[[Y]] : f32 to bf16
  // KERNELS-NEXT: %[[AGAIN:.+]] = arith.extf %[[NARROW]] : bf16 to f32
  // KERNELS-NEXT: kernel.load %arg1 : tensor<4xbf16>
  %w = norm.cast %y : tensor<4xf16> to bf16
  // KERNELS: arith.mulf %[[AGAIN]]
  // KERNELS: arith.truncf %{{.+}} : f32 to bf16
  // KERNELS-NEXT: kernel.store %{{.+}} to 1 : bf16
  %z = norm.mul %w, %b : tensor<4xbf16>, tensor<4xbf16>
  // KERNELS: kernel.return %y, %y_0 : tensor<4xf16>, tensor<4xbf16>
  return %y, %z : tensor<4xf16>, tensor<4xbf16>
}

// Integers and masks stay what they are.
// KERNELS-LABEL: kernel.plan @integers(
func.func @integers(%i: tensor<4xi32>, %x: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xi32>, tensor<4xi64>, tensor<4xi1>) {
  %one = norm.constant 1 : tensor<1xi32>
  // KERNELS: %[[M:.+]] = arith.maxsi %{{.+}}, %c1_i32 : i32
  %m = norm.max %i, %one : tensor<4xi32>, tensor<1xi32>
  // KERNELS-DAG: %[[C:.+]] = arith.cmpi slt, %[[M]], %{{.+}} : i32
  %c = norm.compare lt %m, %one : tensor<4xi32>, tensor<1xi32>
  // From an integer through f64, which holds it.
  // KERNELS-DAG: %[[WIDE:.+]] = arith.sitofp %[[M]] : i32 to f64
  // KERNELS-DAG: %[[F:.+]] = arith.truncf %[[WIDE]] : f64 to f32
  %f = norm.cast %m : tensor<4xi32> to f32
  // KERNELS: arith.select %[[C]], %{{.+}}, %[[F]] : f32
  %y = norm.select %c, %x, %f : tensor<4xi1>, tensor<4xf32>, tensor<4xf32>
  // KERNELS: kernel.store %{{.+}} to 0 : f32
  // KERNELS-NEXT: kernel.store %[[M]] to 1 : i32
  // Clamped, and NaN becomes 0; 2^63 is no i64.
  // KERNELS: arith.cmpf uno
  // KERNELS: %[[LARGEST:.+]] = arith.constant 9.2233720368547748E+18 : f64
  // KERNELS: arith.fptosi %{{.+}} : f64 to i64
  // KERNELS: arith.constant 9223372036854775807 : i64
  // KERNELS: kernel.store %{{.+}} to 2 : i64
  // KERNELS-NEXT: kernel.store %[[C]] to 3 : i1
  %l = norm.cast %x : tensor<4xf32> to i64
  return %y, %m, %l, %c : tensor<4xf32>, tensor<4xi32>, tensor<4xi64>, tensor<4xi1>
}

// NaN passes, as it does in the reference.
// KERNELS-LABEL: kernel.plan @nan(
func.func @nan(%a: tensor<4xf64>, %b: tensor<4xf64>) -> tensor<4xf64> {
  // KERNELS: %[[A:.+]] = kernel.load %arg0
  // KERNELS-NEXT: %[[B:.+]] = kernel.load %arg1
  // KERNELS-NEXT: %[[WINS:.+]] = arith.cmpf ogt, %[[A]], %[[B]]
  // KERNELS-NEXT: %[[NAN:.+]] = arith.cmpf uno, %[[A]], %[[A]]
  // KERNELS-NEXT: %[[CHOOSE:.+]] = arith.ori %[[WINS]], %[[NAN]]
  // KERNELS-NEXT: %[[MAX:.+]] = arith.select %[[CHOOSE]], %[[A]], %[[B]]
  %y = norm.max %a, %b : tensor<4xf64>, tensor<4xf64>
  return %y : tensor<4xf64>
}

//===----------------------------------------------------------------------===//
// Inlined ops and results
//===----------------------------------------------------------------------===//

// Constants, counts, positions and broadcasts have no kernel of their own, unless they are returned.
// KERNELS-LABEL: kernel.plan @inlined(
func.func @inlined(%x: tensor<?x4xf32>) -> (tensor<?x4xf32>, tensor<1x4xi32>, tensor<?x4xf32>) {
  %c = norm.constant 2.0 : tensor<1x1xf32>
  %n = norm.count %x over [0, 1] : tensor<?x4xf32> to f32
  %i = norm.index 1 of %x : tensor<?x4xf32> to i32
  %j = norm.index 0 of %x : tensor<?x4xf32> to f32
  // KERNELS-NEXT: %a = kernel.kernel "a" space [1, 1] parallel [0, 1] {
  // KERNELS-DAG: arith.constant 2.0
  // KERNELS-DAG: kernel.count [-1, 4]
  // KERNELS: } : tensor<1x1xf64>
  %a = norm.mul %c, %n : tensor<1x1xf32>, tensor<1x1xf32>
  %b = norm.broadcast %a like %x : tensor<1x1xf32>, tensor<?x4xf32>
  // KERNELS-NEXT: %y = kernel.kernel "y" space [-1, 4] parallel [] {
  // KERNELS: %[[A:.+]] = arith.truncf %{{.+}} : f64 to f32
  // KERNELS-NEXT: kernel.sweep over [0, 1] monoids [] {
  // KERNELS-NEXT: %[[J:.+]] = kernel.index 0
  // KERNELS: arith.addf %[[A]], %{{.+}} : f32
  %y = norm.add %b, %j : tensor<?x4xf32>, tensor<?x1xf32>
  // KERNELS: %i = kernel.kernel "i" space [1, 4] parallel [0, 1] {
  // KERNELS-NEXT: %[[POSITION:.+]] = kernel.index 1
  // KERNELS-NEXT: arith.trunci %[[POSITION]] : i64 to i32
  // KERNELS: %b = kernel.kernel "b" space [-1, 4] parallel [0, 1] {
  // KERNELS-NEXT: kernel.load %a : tensor<1x1xf64>
  // KERNELS: kernel.return %y, %i, %b
  return %y, %i, %b : tensor<?x4xf32>, tensor<1x4xi32>, tensor<?x4xf32>
}

// One value as several results is stored several times; an argument is copied. What nobody wants has no kernel.
// KERNELS-LABEL: kernel.plan @results(
// KERNELS-SAME: kernel.name = "y"}{{.*}}kernel.name = "y"}{{.*}}kernel.name = "result2"}
func.func @results(%x: tensor<4xf64>) -> (tensor<4xf64>, tensor<4xf64>, tensor<4xf64>) {
  // KERNELS-NEXT: %y, %y_0 = kernel.kernel "y"
  // KERNELS: kernel.store %[[Y:.+]] to 0 : f64
  // KERNELS-NEXT: kernel.store %[[Y]] to 1 : f64
  %y = norm.exp %x : tensor<4xf64>
  // KERNELS-NOT: math.log
  %unused = norm.log %x : tensor<4xf64>
  // KERNELS: %result2 = kernel.kernel "result2"
  // KERNELS-NEXT: %[[X:.+]] = kernel.load %arg0
  // KERNELS-NEXT: kernel.store %[[X]] to 0
  // KERNELS: kernel.return %y, %y_0, %result2
  return %y, %y, %x : tensor<4xf64>, tensor<4xf64>, tensor<4xf64>
}

// `?` that meets 8 is 8.
// KERNELS-LABEL: kernel.plan @agree(
// KERNELS-SAME: %arg0: tensor<?x?xf32> {kernel.extents = array<i64: 8, -1>, kernel.name = "arg0"}
// KERNELS-SAME: %arg1: tensor<8x1xf32> {kernel.extents = array<i64: 8, 1>, kernel.name = "arg1"}
// KERNELS-SAME: %arg2: tensor<?x?xf32> {kernel.extents = array<i64: -2, -3>, kernel.name = "arg2"}
func.func @agree(%x: tensor<?x?xf32>, %s: tensor<8x1xf32>, %other: tensor<?x?xf32>) -> (tensor<8x?xf32>, tensor<?x1xf32>) {
  // KERNELS: kernel.kernel "y" space [8, -1] parallel [0]
  %y = norm.add %x, %s : tensor<?x?xf32>, tensor<8x1xf32>
  // KERNELS: kernel.kernel "z" space [-2, -3] parallel [0]
  %z = norm.sum %other over [1] : tensor<?x?xf32>
  return %y, %z : tensor<8x?xf32>, tensor<?x1xf32>
}

//===----------------------------------------------------------------------===//
// State
//===----------------------------------------------------------------------===//

// The new value of state may lie over the old one, so it is stored last, when nothing reads the old one any more.
// KERNELS-LABEL: kernel.plan @state(
// KERNELS-SAME: tensor<1x4xf32> {kernel.extents = array<i64: 1, 4>, kernel.name = "mu", norm.updates = 1 : i64}
func.func @state(%x: tensor<8x4xf32>, %r: tensor<1x4xf32>)
    -> (tensor<1x4xf32> {norm.updates = 1 : i64}, tensor<8x4xf32>, tensor<1x4xf32>) {
  // KERNELS-NEXT: %y = kernel.kernel "y"
  // KERNELS: kernel.load %arg1
  // KERNELS: %mu = kernel.kernel "mu"
  // KERNELS: } : tensor<1x4xf64>
  %mu = norm.mean %x over [0] : tensor<8x4xf32>
  %y = norm.mul %x, %r : tensor<8x4xf32>, tensor<1x4xf32>
  // KERNELS: %result2 = kernel.kernel "result2"
  // KERNELS-NEXT: kernel.load %arg1
  // KERNELS: %[[NEW:.+]] = kernel.kernel "mu" space [1, 4]
  // KERNELS-NEXT: kernel.load %mu : tensor<1x4xf64>
  // KERNELS: kernel.return %[[NEW]], %y, %result2
  return %mu, %y, %r : tensor<1x4xf32>, tensor<8x4xf32>, tensor<1x4xf32>
}

// Two that change places: neither old value is written over before both are kept.
// KERNELS-LABEL: kernel.plan @exchange(
func.func @exchange(%a: tensor<4xf64>, %b: tensor<4xf64>)
    -> (tensor<4xf64> {norm.updates = 0 : i64}, tensor<4xf64> {norm.updates = 1 : i64}) {
  // KERNELS-NEXT: %[[B:.+]] = kernel.kernel "old_arg1"
  // KERNELS-NEXT: kernel.load %arg1
  // KERNELS: %[[A:.+]] = kernel.kernel "old_arg0"
  // KERNELS-NEXT: kernel.load %arg0
  // KERNELS: %[[NEWA:.+]] = kernel.kernel "result0"
  // KERNELS-NEXT: kernel.load %[[B]]
  // KERNELS: %[[NEWB:.+]] = kernel.kernel "result1"
  // KERNELS-NEXT: kernel.load %[[A]]
  // KERNELS: kernel.return %[[NEWA]], %[[NEWB]]
  return %b, %a : tensor<4xf64>, tensor<4xf64>
}

//===----------------------------------------------------------------------===//
// Layers
//===----------------------------------------------------------------------===//

// Layer norm: the mean and the squares about it by one visit. What the backward sums over the rows rides along with its first
// sweep over them.
func.func @layer_norm(%x: tensor<?x768xf32>, %gamma: tensor<1x768xf32>, %beta: tensor<1x768xf32>) -> tensor<?x768xf32> {
  %y = norm.layer_norm %x, %gamma, %beta over [1] : tensor<?x768xf32>, tensor<1x768xf32>, tensor<1x768xf32>
  return %y : tensor<?x768xf32>
}
norm.gradient @layer_norm_grad of @layer_norm wrt [0, 1, 2]
// LAYERS-LABEL: kernel.plan @layer_norm_grad_forward(
// LAYERS-NEXT: %{{.+}} = kernel.kernel "y" space [-1, 768] parallel [0] {
// LAYERS-NEXT: %[[M:[0-9]+]]:2 = kernel.sweep over [1] monoids [#kernel.monoid<moments>] {
// LAYERS-NEXT: %[[X:.+]] = kernel.load %{{.+}} : tensor<?x768xf32>
// LAYERS-NEXT: kernel.yield %[[X]] : f32
// LAYERS-NEXT: } : f64, f64
// The mean is subtracted in two parts.
// LAYERS-DAG: %[[HIGH:.+]] = arith.truncf %[[M]]#0 : f64 to f32
// LAYERS-DAG: %[[LOW:.+]] = kernel.rest %[[M]]#0
// LAYERS: kernel.sweep over [1] monoids [] {
// LAYERS: %[[D:.+]] = arith.subf %{{.+}}, %[[HIGH]] : f32
// LAYERS-NEXT: arith.subf %[[D]], %[[LOW]] : f32
// LAYERS: kernel.store %{{.+}} to 0 : f32
// LAYERS-NOT: kernel.sweep
// LAYERS: kernel.return
// LAYERS-LABEL: kernel.plan @layer_norm_grad_backward(
// LAYERS-NEXT: %[[DX:.+]], %[[DGAMMA:.+]], %[[DBETA:.+]] = kernel.kernel "darg0" space [-1, 768] parallel [0] {
// LAYERS: kernel.sweep over [1] monoids [#kernel.monoid<sum>, #kernel.monoid<sum>] {
// LAYERS: %[[DY:.+]] = kernel.load %dy : tensor<?x768xf32>
// LAYERS: kernel.accumulate %{{.+}} to 1 : f32
// LAYERS-NEXT: kernel.accumulate %[[DY]] to 2 : f32
// LAYERS-NEXT: kernel.yield %{{.+}}, %{{.+}} : f32, f32
// LAYERS-NEXT: } : f64, f64
// LAYERS: kernel.sweep over [1] monoids [] {
// LAYERS: kernel.store %{{.+}} to 0 : f32
// LAYERS-NOT: kernel.{{kernel|sweep|accumulate}}
// LAYERS: kernel.return %[[DX]], %[[DGAMMA]], %[[DBETA]]

// Batch norm: two sweeps forward and two backward. What is summed over the rows belongs to the columns, which are parallel.
func.func @batch_norm(%x: tensor<?x64xf32>, %gamma: tensor<1x64xf32>, %beta: tensor<1x64xf32>) -> tensor<?x64xf32> {
  %y = norm.batch_norm %x, %gamma, %beta over [0] : tensor<?x64xf32>, tensor<1x64xf32>, tensor<1x64xf32>
  return %y : tensor<?x64xf32>
}
norm.gradient @batch_norm_grad of @batch_norm wrt [0, 1, 2]
// LAYERS-LABEL: kernel.plan @batch_norm_grad_forward(
// LAYERS-NEXT: %{{.+}} = kernel.kernel "y" space [-1, 64] parallel [1] {
// LAYERS-NEXT: %[[M:[0-9]+]]:2 = kernel.sweep over [0] monoids [#kernel.monoid<moments>] {
// LAYERS: } : f64, f64
// LAYERS: kernel.sweep over [0] monoids [] {
// LAYERS: math.fma %{{.+}} : f32
// LAYERS-NEXT: kernel.store %{{.+}} to 0 : f32
// LAYERS-NEXT: kernel.yield
// LAYERS-NEXT: }
// LAYERS-NEXT: kernel.store %[[M]]#0 to 1 : f64
// LAYERS-NEXT: kernel.store %{{.+}} to 2 : f64
// LAYERS-NOT: kernel.{{kernel|sweep}}
// LAYERS: kernel.return
// LAYERS-LABEL: kernel.plan @batch_norm_grad_backward(
// LAYERS-NEXT: %{{.+}} = kernel.kernel "darg0" space [-1, 64] parallel [1] {
// LAYERS: %[[S:[0-9]+]]:2 = kernel.sweep over [0] monoids [#kernel.monoid<sum>, #kernel.monoid<sum>] {
// LAYERS: kernel.yield %{{.+}}, %{{.+}} : f32, f32
// LAYERS: kernel.sweep over [0] monoids [] {
// LAYERS: kernel.store %{{.+}} to 0 : f32
// LAYERS-NOT: kernel.{{kernel|sweep|accumulate}}
// LAYERS: kernel.store %{{.+}} to 1 : f32
// LAYERS: %[[DBETA:.+]] = arith.truncf %[[S]]#1 : f64 to f32
// LAYERS-NEXT: kernel.store %[[DBETA]] to 2 : f32
// LAYERS-NOT: kernel.{{kernel|sweep|accumulate}}
// LAYERS: kernel.return

// Of a layer in half precision, parameters are widened where a sweep reads them, and what the backward sums over the rows is rounded
// where its sum is stored. Whether there are rows at all is not asked: a sum of none is 0.
func.func @half_layer_norm(%x: tensor<?x768xbf16>, %gamma: tensor<1x768xbf16>, %beta: tensor<1x768xbf16>) -> tensor<?x768xbf16> {
  %y = norm.layer_norm %x, %gamma, %beta over [1] : tensor<?x768xbf16>, tensor<1x768xbf16>, tensor<1x768xbf16>
  return %y : tensor<?x768xbf16>
}
norm.gradient @half_layer_norm_grad of @half_layer_norm wrt [0, 1, 2]
// LAYERS-LABEL: kernel.plan @half_layer_norm_grad_forward(
// LAYERS-NEXT: kernel.kernel "y" space [-1, 768] parallel [0] {
// LAYERS: kernel.sweep over [1] monoids [] {
// LAYERS: %[[GAMMA:.+]] = kernel.load %arg1 : tensor<1x768xbf16>
// LAYERS-NEXT: %[[WIDE:.+]] = arith.extf %[[GAMMA]] : bf16 to f32
// LAYERS: arith.mulf %[[WIDE]], %{{.+}} : f32
// LAYERS-NOT: kernel.kernel
// LAYERS: kernel.return
// LAYERS-LABEL: kernel.plan @half_layer_norm_grad_backward(
// LAYERS-NEXT: %[[DX:.+]], %[[DGAMMA:.+]], %[[DBETA:.+]] = kernel.kernel "darg0" space [-1, 768] parallel [0] {
// LAYERS: kernel.accumulate %{{.+}} to 1 : f32
// LAYERS-NEXT: kernel.accumulate %{{.+}} to 2 : f32
// LAYERS-NOT: kernel.kernel
// LAYERS: } : tensor<?x768xbf16>, tensor<1x768xbf16>, tensor<1x768xbf16>
// LAYERS-NEXT: kernel.return %[[DX]], %[[DGAMMA]], %[[DBETA]]

// With an activation: gamma times a constant is computed in the sweep that needs it, in f32 where that has the bits of f64; a constant
// in two parts is one number of f64; half of a sum is the sum of halves.
func.func @layer_norm_gelu(%x: tensor<?x768xf32>, %gamma: tensor<1x768xf32>, %beta: tensor<1x768xf32>) -> tensor<?x768xf32> {
  %y = norm.layer_norm %x, %gamma, %beta over [1] : tensor<?x768xf32>, tensor<1x768xf32>, tensor<1x768xf32>
  %z = norm.gelu %y : tensor<?x768xf32>
  return %z : tensor<?x768xf32>
}
norm.gradient @layer_norm_gelu_grad of @layer_norm_gelu wrt [0, 1, 2]
// LAYERS-LABEL: kernel.plan @layer_norm_gelu_grad_backward(
// LAYERS-NEXT: %[[DX:.+]], %[[DGAMMA:.+]], %[[DBETA:.+]] = kernel.kernel "darg0" space [-1, 768] parallel [0] {
// LAYERS: arith.constant 5.000000e-01 : f32
// LAYERS-NEXT: %[[HALF:.+]] = arith.constant 5.000000e-01 : f32
// LAYERS-NEXT: %{{.+}} = kernel.sweep over [1] monoids [#kernel.monoid<sum>, #kernel.monoid<sum>] {
// LAYERS: %[[DZ:.+]] = kernel.load %dz
// LAYERS: %[[PART:.+]] = arith.mulf %[[HALF]], %[[DZ]] : f32
// LAYERS-NEXT: %[[TERM:.+]] = arith.mulf %[[PART]], %{{.+}} : f32
// LAYERS-NEXT: kernel.accumulate %[[TERM]] to 2 : f32
// LAYERS: %[[AGAIN:.+]] = arith.constant 5.000000e-01 : f32
// LAYERS: %[[CONSTANT:.+]] = arith.constant 0.39894227{{[0-9]+}} : f64
// LAYERS: kernel.sweep over [1] monoids [] {
// LAYERS: %[[GAMMA:.+]] = kernel.load %arg1
// LAYERS: %[[WIDE:.+]] = arith.extf %[[GAMMA]] : f32 to f64
// LAYERS: arith.mulf %[[AGAIN]], %[[GAMMA]] : f32
// LAYERS: %[[PRODUCT:.+]] = arith.mulf %[[CONSTANT]], %[[WIDE]] : f64
// LAYERS-NEXT: arith.truncf %[[PRODUCT]] : f64 to f32
// LAYERS-NOT: kernel.kernel
// LAYERS: kernel.return %[[DX]], %[[DGAMMA]], %[[DBETA]]

// What is worth a kernel of its own: a function of a parameter, a factor that would round each term, two roundings to different types.
// LAYERS-LABEL: kernel.plan @apart(
// LAYERS: kernel.kernel "scale" space [1, 768] parallel [0, 1] {
// LAYERS: math.exp
// LAYERS: kernel.kernel "{{.+}}" space [-1, 768] parallel [0] {
// LAYERS: kernel.accumulate %{{.+}} to {{.+}} : f32
// LAYERS: kernel.accumulate %{{.+}} to {{.+}} : f32
// LAYERS: kernel.kernel "third" space [1, 768] parallel [0, 1] {
// LAYERS: arith.mulf
// LAYERS: arith.truncf %{{.+}} : f64 to bf16
// LAYERS: arith.truncf %{{.+}} : f64 to f16
// LAYERS-NOT: kernel.kernel
// LAYERS: kernel.return
func.func @apart(%x: tensor<?x768xf32>, %gamma: tensor<1x768xf32>)
    -> (tensor<?x1xf32>, tensor<1x768xf32>, tensor<1x768xf16>) {
  %scale = norm.exp %gamma : tensor<1x768xf32>
  %y = norm.mul %x, %scale : tensor<?x768xf32>, tensor<1x768xf32>
  %row = norm.sum %y over [1] : tensor<?x768xf32>
  %a = norm.sum %x over [0] : tensor<?x768xf32>
  %factor = norm.constant 0.3 : tensor<1x1xf32>
  %third = norm.mul %factor, %a : tensor<1x1xf32>, tensor<1x768xf32>
  %sq = norm.square %x : tensor<?x768xf32>
  %b = norm.sum %sq over [0] : tensor<?x768xf32>
  %once = norm.cast %b : tensor<1x768xf32> to bf16
  %twice = norm.cast %once : tensor<1x768xbf16> to f16
  return %row, %third, %twice : tensor<?x1xf32>, tensor<1x768xf32>, tensor<1x768xf16>
}

// A condition on extents is no tensor.
// LAYERS-LABEL: kernel.plan @condition(
// LAYERS-NEXT: kernel.kernel "y" space [1, 768]
// LAYERS: arith.cmpf oeq
// LAYERS-NOT: kernel.kernel
// LAYERS: kernel.return
func.func @condition(%x: tensor<?x768xf32>, %gamma: tensor<1x768xf32>) -> tensor<1x768xf32> {
  %count = norm.count %x over [0] : tensor<?x768xf32> to f32
  %zero = norm.constant 0.0 : tensor<1x1xf32>
  %empty = norm.compare eq %count, %zero : tensor<1x1xf32>, tensor<1x1xf32>
  %y = norm.select %empty, %zero, %gamma : tensor<1x1xi1>, tensor<1x1xf32>, tensor<1x768xf32>
  return %y : tensor<1x768xf32>
}

// Softmax of long rows: exponentials are computed once, and kept for the sweep that divides them by their sum.
func.func @softmax(%x: tensor<?x257xf32>) -> tensor<?x257xf32> {
  %y = norm.softmax %x over [1] : tensor<?x257xf32>
  return %y : tensor<?x257xf32>
}
// LAYERS-LABEL: kernel.plan @softmax(
// LAYERS-NEXT: %y = kernel.kernel "y" space [-1, 257] parallel [0] {
// LAYERS-NEXT: %[[MAX:.+]] = kernel.sweep over [1] monoids [#kernel.monoid<max>] {
// LAYERS: kernel.sweep over [1] monoids [#kernel.monoid<sum>] {
// LAYERS: %[[E:.+]] = math.exp %{{.+}} {kernel.not_positive} : f32
// LAYERS-NEXT: kernel.keep %[[E]] in 0 : f32
// LAYERS-NEXT: kernel.yield %[[E]] : f32
// LAYERS: kernel.sweep over [1] monoids [] {
// LAYERS-NEXT: %[[KEPT:.+]] = kernel.kept 0 : f32
// LAYERS-NEXT: %[[Z:.+]] = arith.mulf %[[KEPT]], %{{.+}} : f32
// LAYERS-NEXT: %[[Y:.+]] = arith.mulf %[[Z]], %{{.+}} : f32
// LAYERS-NEXT: kernel.store %[[Y]] to 0 : f32
// LAYERS-NOT: kernel.{{kernel|sweep}}
// LAYERS: kernel.return

// Of short rows, which are gone through side by side, they are computed again.
// LAYERS-LABEL: kernel.plan @short_softmax(
// LAYERS: kernel.kernel "y" space [-1, 256] parallel [0] {
// LAYERS: kernel.sweep over [1] monoids [#kernel.monoid<sum>] {
// LAYERS: math.exp %{{.+}} {kernel.not_positive} : f32
// LAYERS-NOT: kernel.keep
// LAYERS: kernel.sweep over [1] monoids [] {
// LAYERS-NOT: kernel.kept
// LAYERS: math.exp %{{.+}} {kernel.not_positive} : f32
// LAYERS-NOT: kernel.{{kernel|sweep|keep|kept}}
// LAYERS: kernel.return
func.func @short_softmax(%x: tensor<?x256xf32>) -> tensor<?x256xf32> {
  %y = norm.softmax %x over [1] : tensor<?x256xf32>
  return %y : tensor<?x256xf32>
}

// In place: a point reads what it writes over before it writes anything.
func.func @in_place(%x: tensor<8x4xf32>) -> (tensor<8x4xf32> {norm.inplace = 0 : i64}, tensor<8x4xf32>) {
  %y = norm.neg %x : tensor<8x4xf32>
  %z = norm.square %x : tensor<8x4xf32>
  return %y, %z : tensor<8x4xf32>, tensor<8x4xf32>
}
// KERNELS-LABEL: kernel.plan @in_place(
// KERNELS: %y, %y_0 = kernel.kernel "y"
// KERNELS: kernel.load %arg0
// KERNELS: kernel.store %{{.+}} to 1
// KERNELS-NEXT: kernel.store %{{.+}} to 0
// KERNELS-NEXT: kernel.yield
// KERNELS: kernel.return %y, %y_0

// Where the argument is read afterwards, the result waits in memory of its own.
func.func @waits(%x: tensor<8x4xf32>) -> (tensor<8x4xf32> {norm.inplace = 0 : i64}, tensor<1x4xf32>) {
  %mu = norm.mean %x over [0] : tensor<8x4xf32>
  %y  = norm.sub %x, %mu : tensor<8x4xf32>, tensor<1x4xf32>
  %m  = norm.max_over %y over [1] : tensor<8x4xf32>
  %z  = norm.mul %x, %m : tensor<8x4xf32>, tensor<8x1xf32>
  %s  = norm.sum %z over [0] : tensor<8x4xf32>
  return %y, %s : tensor<8x4xf32>, tensor<1x4xf32>
}
// KERNELS-LABEL: kernel.plan @waits(
// KERNELS: %y, %[[WAITING:.+]] = kernel.kernel "y"
// KERNELS: %s = kernel.kernel "s"
// KERNELS: kernel.load %arg0
// KERNELS: %[[LAST:.+]] = kernel.kernel "y"
// KERNELS-NEXT: kernel.load %[[WAITING]]
// KERNELS: kernel.return %[[LAST]], %s

// What is known not to be positive takes a cheaper exponential with the same bits: not what is subtracted from another maximum, nor
// a product that is not rounded before.
func.func @decays(%x: tensor<?x512xf32>, %a: tensor<?x512xf32>) -> (tensor<?x512xf32>, tensor<?x512xf32>, tensor<?x512xf32>) {
  %square = norm.square %x : tensor<?x512xf32>
  %minus = norm.neg %square : tensor<?x512xf32>
  %bell = norm.exp %minus : tensor<?x512xf32>
  %max = norm.max_over %x over [1] : tensor<?x512xf32>
  %shifted = norm.sub %a, %max : tensor<?x512xf32>, tensor<?x1xf32>
  %other = norm.exp %shifted : tensor<?x512xf32>
  %product = norm.mul %x, %a : tensor<?x512xf32>, tensor<?x512xf32>
  %largest = norm.max_over %product over [1] : tensor<?x512xf32>
  %below = norm.sub %product, %largest : tensor<?x512xf32>, tensor<?x1xf32>
  %fused = norm.exp %below : tensor<?x512xf32>
  return %bell, %other, %fused : tensor<?x512xf32>, tensor<?x512xf32>, tensor<?x512xf32>
}
// LAYERS-LABEL: kernel.plan @decays(
// LAYERS-DAG: %[[BELL:.+]] = math.exp %{{.+}} {kernel.not_positive} : f32
// LAYERS-DAG: %[[OTHER:.+]] = math.exp %{{[^ ]+}} : f32
// LAYERS: %[[FMA:.+]] = math.fma
// LAYERS: math.exp %[[FMA]] : f32

// A weighted mean that is subtracted from what it is the mean of: products and weights are exact in f64, in which they are added.
func.func @weighted(%x: tensor<?x512xf32>, %w: tensor<?x512xf32>) -> tensor<?x512xf32> {
  %wx = norm.mul %w, %x : tensor<?x512xf32>, tensor<?x512xf32>
  %a = norm.sum %wx over [1] : tensor<?x512xf32>
  %n = norm.sum %w over [1] : tensor<?x512xf32>
  %mu = norm.div %a, %n : tensor<?x1xf32>, tensor<?x1xf32>
  %y = norm.sub %x, %mu : tensor<?x512xf32>, tensor<?x1xf32>
  return %y : tensor<?x512xf32>
}
// LAYERS-LABEL: kernel.plan @weighted(
// LAYERS: kernel.sweep over [1] monoids [#kernel.monoid<sum>, #kernel.monoid<sum>]
// LAYERS: kernel.yield %{{.+}}, %{{.+}} : f64, f64
// LAYERS: kernel.rest
