// Every op, written and read back: as it is printed, and in the generic form, where locations carry the names.
// RUN: normc-opt %s | FileCheck %s
// RUN: normc-opt %s | normc-opt | FileCheck %s
// RUN: normc-opt %s --mlir-print-op-generic --mlir-print-debuginfo | normc-opt | FileCheck %s

//===----------------------------------------------------------------------===//
// Constants
//===----------------------------------------------------------------------===//

// A decimal literal is printed as the shortest that reads back as the same value.
// CHECK-LABEL: @floats
func.func @floats() -> tensor<1x1xf32> {
  // CHECK: %half = norm.constant 0.5 : tensor<1x1xf16>
  %half = norm.constant 0.5 : tensor<1x1xf16>
  // CHECK: %third = norm.constant 0.333{{[0-9]*}} : tensor<1x1xbf16>
  %third = norm.constant 0.3333 : tensor<1x1xbf16>
  // CHECK: %eps = norm.constant 1.0e-5 : tensor<1x1xf32>
  %eps = norm.constant 1.0e-5 : tensor<1x1xf32>
  // CHECK: %tenth = norm.constant 0.1 : tensor<1xf64>
  %tenth = norm.constant 0.1 : tensor<1xf64>
  // CHECK: %minus = norm.constant -2.5 : tensor<1x1xf32>
  %minus = norm.constant -2.5 : tensor<1x1xf32>
  // CHECK: %spaced = norm.constant -2.5 : tensor<1x1xf32>
  %spaced = norm.constant - 2.5 : tensor<1x1xf32>
  // CHECK: %whole = norm.constant 3.0 : tensor<1x1xf32>
  %whole = norm.constant 3 : tensor<1x1xf32>
  // CHECK: %below = norm.constant -3.0 : tensor<1x1xf32>
  %below = norm.constant -3 : tensor<1x1xf32>
  // CHECK: %zero = norm.constant 0.0 : tensor<1x1xf32>
  %zero = norm.constant 0.0 : tensor<1x1xf32>
  // CHECK: %negzero = norm.constant -0.0 : tensor<1x1xf32>
  %negzero = norm.constant -0.0 : tensor<1x1xf32>
  // CHECK: %negint = norm.constant -0.0 : tensor<1x1xf32>
  %negint = norm.constant -0 : tensor<1x1xf32>
  // CHECK: %large = norm.constant 1.0e30 : tensor<1x1xf32>
  %large = norm.constant 1.0e+30 : tensor<1x1xf32>
  // CHECK: %largest = norm.constant 65504.0 : tensor<1x1xf16>
  %largest = norm.constant 65504.0 : tensor<1x1xf16>
  // CHECK: %least = norm.constant 1.0e-45 : tensor<1x1xf32>
  %least = norm.constant 1.4e-45 : tensor<1x1xf32>
  // CHECK: %deep = norm.constant 1.5 : tensor<1x1x1x1x1x1x1x1xf32>
  %deep = norm.constant 1.5 : tensor<1x1x1x1x1x1x1x1xf32>
  return %eps : tensor<1x1xf32>
}

// A hexadecimal literal has the bits of the element type. What a decimal can say is printed as one.
// CHECK-LABEL: @bits
func.func @bits() -> tensor<1x1xf32> {
  // CHECK: %inf16 = norm.constant 0x7C00 : tensor<1x1xf16>
  %inf16 = norm.constant 0x7C00 : tensor<1x1xf16>
  // CHECK: %infb = norm.constant 0xFF80 : tensor<1x1xbf16>
  %infb = norm.constant 0xFF80 : tensor<1x1xbf16>
  // CHECK: %inf = norm.constant 0x7F800000 : tensor<1x1xf32>
  %inf = norm.constant 0x7F800000 : tensor<1x1xf32>
  // CHECK: %nan = norm.constant 0x7FC00001 : tensor<1x1xf32>
  %nan = norm.constant 0x7fc00001 : tensor<1x1xf32>
  // CHECK: %inf64 = norm.constant 0xFFF0000000000000 : tensor<1x1xf64>
  %inf64 = norm.constant 0xFFF0000000000000 : tensor<1x1xf64>
  // CHECK: %one = norm.constant 1.0 : tensor<1x1xf32>
  %one = norm.constant 0x3F800000 : tensor<1x1xf32>
  // CHECK: %ones = norm.constant -1 : tensor<1x1xi32>
  %ones = norm.constant 0xFFFFFFFF : tensor<1x1xi32>
  return %inf : tensor<1x1xf32>
}

// CHECK-LABEL: @integers
func.func @integers() -> tensor<1x1xi32> {
  // CHECK: %three = norm.constant 3 : tensor<1x1xi32>
  %three = norm.constant 3 : tensor<1x1xi32>
  // CHECK: %most = norm.constant 2147483647 : tensor<1x1xi32>
  %most = norm.constant 2147483647 : tensor<1x1xi32>
  // CHECK: %lowest = norm.constant -2147483648 : tensor<1x1xi32>
  %lowest = norm.constant -2147483648 : tensor<1x1xi32>
  // CHECK: %most64 = norm.constant 9223372036854775807 : tensor<1xi64>
  %most64 = norm.constant 9223372036854775807 : tensor<1xi64>
  // CHECK: %lowest64 = norm.constant -9223372036854775808 : tensor<1xi64>
  %lowest64 = norm.constant -9223372036854775808 : tensor<1xi64>
  return %three : tensor<1x1xi32>
}

// CHECK-LABEL: @positions
func.func @positions(%x: tensor<32x?xf32>) -> tensor<1x?xi32> {
  // CHECK: %k = norm.index 1 of %arg0 : tensor<32x?xf32> to i32
  %k = norm.index 1 of %x : tensor<32x?xf32> to i32
  // CHECK: %i = norm.index 0 of %arg0 : tensor<32x?xf32> to bf16
  %i = norm.index 0 of %x : tensor<32x?xf32> to bf16
  // The types of the results follow.
  // CHECK: norm.add %i, %i : tensor<32x1xbf16>, tensor<32x1xbf16>
  %i2 = norm.add %i, %i : tensor<32x1xbf16>, tensor<32x1xbf16>
  // CHECK: %n = norm.count %arg0 over [1, 0] : tensor<32x?xf32> to f32
  %n = norm.count %x over [1, 0] : tensor<32x?xf32> to f32
  // CHECK: %m = norm.count %k over [0] : tensor<1x?xi32> to i64
  %m = norm.count %k over [0] : tensor<1x?xi32> to i64
  // CHECK: norm.neg %n : tensor<1x1xf32>
  %minus = norm.neg %n : tensor<1x1xf32>
  return %k : tensor<1x?xi32>
}

//===----------------------------------------------------------------------===//
// Extents
//===----------------------------------------------------------------------===//

// `?` is a varying axis: it meets N as N and another `?` as `?`.
// CHECK-LABEL: @extents
func.func @extents(%a: tensor<1x64xf32>, %x: tensor<?x64xf32>, %s: tensor<32x1xf32>, %m: tensor<?x?xi1>)
    -> tensor<32x64xf32> {
  // CHECK: %b = norm.broadcast %arg0 like %arg1 : tensor<1x64xf32>, tensor<?x64xf32>
  %b = norm.broadcast %a like %x : tensor<1x64xf32>, tensor<?x64xf32>
  // CHECK: %c = norm.broadcast %b like %arg3 : tensor<?x64xf32>, tensor<?x?xi1>
  %c = norm.broadcast %b like %m : tensor<?x64xf32>, tensor<?x?xi1>
  // CHECK: %d = norm.broadcast %arg2 like %arg1 : tensor<32x1xf32>, tensor<?x64xf32>
  %d = norm.broadcast %s like %x : tensor<32x1xf32>, tensor<?x64xf32>
  // CHECK: norm.neg %d : tensor<?x64xf32>
  %minus = norm.neg %d : tensor<?x64xf32>
  // CHECK: %y = norm.add %arg1, %arg2 : tensor<?x64xf32>, tensor<32x1xf32>
  %y = norm.add %x, %s : tensor<?x64xf32>, tensor<32x1xf32>
  return %y : tensor<32x64xf32>
}

// An extent of 0 varies: it is not 1.
// CHECK-LABEL: @empty
func.func @empty(%x: tensor<0x4xf32>, %a: tensor<1x4xf32>) -> tensor<0x4xf32> {
  // CHECK: norm.add %arg1, %arg0 : tensor<1x4xf32>, tensor<0x4xf32>
  %y = norm.add %a, %x : tensor<1x4xf32>, tensor<0x4xf32>
  return %y : tensor<0x4xf32>
}

//===----------------------------------------------------------------------===//
// Elementwise
//===----------------------------------------------------------------------===//

// CHECK-LABEL: @unary
func.func @unary(%x: tensor<32x64xf32>, %h: tensor<3xf16>, %b: tensor<3xbf16>, %d: tensor<3xf64>) -> tensor<32x64xf32> {
  // CHECK-NEXT: %a = norm.neg %arg0 : tensor<32x64xf32>
  %a = norm.neg %x : tensor<32x64xf32>
  // CHECK-NEXT: %b_ = norm.abs %arg0 : tensor<32x64xf32>
  %b_ = norm.abs %x : tensor<32x64xf32>
  // CHECK-NEXT: norm.sign %arg0 : tensor<32x64xf32>
  %c = norm.sign %x : tensor<32x64xf32>
  // CHECK-NEXT: norm.square %arg0 : tensor<32x64xf32>
  %e = norm.square %x : tensor<32x64xf32>
  // CHECK-NEXT: norm.sqrt %arg0 : tensor<32x64xf32>
  %f = norm.sqrt %x : tensor<32x64xf32>
  // CHECK-NEXT: norm.rsqrt %arg0 : tensor<32x64xf32>
  %g = norm.rsqrt %x : tensor<32x64xf32>
  // CHECK-NEXT: norm.reciprocal %arg0 : tensor<32x64xf32>
  %i = norm.reciprocal %x : tensor<32x64xf32>
  // CHECK-NEXT: norm.exp %arg0 : tensor<32x64xf32>
  %j = norm.exp %x : tensor<32x64xf32>
  // CHECK-NEXT: norm.log %arg0 : tensor<32x64xf32>
  %k = norm.log %x : tensor<32x64xf32>
  // CHECK-NEXT: norm.tanh %arg0 : tensor<32x64xf32>
  %l = norm.tanh %x : tensor<32x64xf32>
  // CHECK-NEXT: norm.sigmoid %arg1 : tensor<3xf16>
  %m = norm.sigmoid %h : tensor<3xf16>
  // CHECK-NEXT: norm.erf %arg2 : tensor<3xbf16>
  %n = norm.erf %b : tensor<3xbf16>
  // CHECK-NEXT: norm.erf %arg3 : tensor<3xf64>
  %o = norm.erf %d : tensor<3xf64>
  return %a : tensor<32x64xf32>
}

// CHECK-LABEL: @binary
func.func @binary(%a: tensor<32x64xf32>, %b: tensor<1x64xf32>, %i: tensor<32x1xi64>, %j: tensor<1x1xi64>)
    -> tensor<32x64xf32> {
  // CHECK-NEXT: norm.add %arg0, %arg1 : tensor<32x64xf32>, tensor<1x64xf32>
  %0 = norm.add %a, %b : tensor<32x64xf32>, tensor<1x64xf32>
  // CHECK-NEXT: norm.sub %arg1, %arg0 : tensor<1x64xf32>, tensor<32x64xf32>
  %1 = norm.sub %b, %a : tensor<1x64xf32>, tensor<32x64xf32>
  // CHECK-NEXT: norm.mul %arg0, %0 : tensor<32x64xf32>, tensor<32x64xf32>
  %2 = norm.mul %a, %0 : tensor<32x64xf32>, tensor<32x64xf32>
  // CHECK-NEXT: norm.div %arg0, %arg1 : tensor<32x64xf32>, tensor<1x64xf32>
  %3 = norm.div %a, %b : tensor<32x64xf32>, tensor<1x64xf32>
  // CHECK-NEXT: norm.max %arg2, %arg3 : tensor<32x1xi64>, tensor<1x1xi64>
  %4 = norm.max %i, %j : tensor<32x1xi64>, tensor<1x1xi64>
  // CHECK-NEXT: norm.min %arg0, %arg1 : tensor<32x64xf32>, tensor<1x64xf32>
  %5 = norm.min %a, %b : tensor<32x64xf32>, tensor<1x64xf32>
  // CHECK-NEXT: norm.pow %arg0, %arg1 : tensor<32x64xf32>, tensor<1x64xf32>
  %6 = norm.pow %a, %b : tensor<32x64xf32>, tensor<1x64xf32>
  return %0 : tensor<32x64xf32>
}

// CHECK-LABEL: @choice
func.func @choice(%a: tensor<32x64xf32>, %b: tensor<1x1xf32>, %i: tensor<32x64xi32>) -> tensor<32x64xf32> {
  // CHECK-NEXT: %c = norm.compare eq %arg0, %arg1 : tensor<32x64xf32>, tensor<1x1xf32>
  %c = norm.compare eq %a, %b : tensor<32x64xf32>, tensor<1x1xf32>
  // CHECK-NEXT: %d = norm.compare ne %arg2, %arg2 : tensor<32x64xi32>, tensor<32x64xi32>
  %d = norm.compare ne %i, %i : tensor<32x64xi32>, tensor<32x64xi32>
  // CHECK-NEXT: %e = norm.compare lt %c, %d : tensor<32x64xi1>, tensor<32x64xi1>
  %e = norm.compare lt %c, %d : tensor<32x64xi1>, tensor<32x64xi1>
  // CHECK-NEXT: norm.compare le
  %f = norm.compare le %a, %b : tensor<32x64xf32>, tensor<1x1xf32>
  // CHECK-NEXT: norm.compare gt
  %g = norm.compare gt %a, %b : tensor<32x64xf32>, tensor<1x1xf32>
  // CHECK-NEXT: norm.compare ge
  %h = norm.compare ge %a, %b : tensor<32x64xf32>, tensor<1x1xf32>
  // CHECK-NEXT: %y = norm.select %c, %arg0, %arg1 : tensor<32x64xi1>, tensor<32x64xf32>, tensor<1x1xf32>
  %y = norm.select %c, %a, %b : tensor<32x64xi1>, tensor<32x64xf32>, tensor<1x1xf32>
  // CHECK-NEXT: norm.select %c, %d, %e : tensor<32x64xi1>, tensor<32x64xi1>, tensor<32x64xi1>
  %z = norm.select %c, %d, %e : tensor<32x64xi1>, tensor<32x64xi1>, tensor<32x64xi1>
  return %y : tensor<32x64xf32>
}

//===----------------------------------------------------------------------===//
// Reductions and types
//===----------------------------------------------------------------------===//

// CHECK-LABEL: @reductions
func.func @reductions(%x: tensor<8x64x7x?xf32>) -> tensor<1x64x1x1xf32> {
  // CHECK-NEXT: norm.sum %arg0 over [0, 2, 3] : tensor<8x64x7x?xf32>
  %a = norm.sum %x over [0, 2, 3] : tensor<8x64x7x?xf32>
  // The order of the axes means nothing, and is kept.
  // CHECK-NEXT: norm.mean %arg0 over [3, 2, 0] : tensor<8x64x7x?xf32>
  %b = norm.mean %x over [3, 2, 0] : tensor<8x64x7x?xf32>
  // CHECK-NEXT: norm.max_over %arg0 over [1] : tensor<8x64x7x?xf32>
  %c = norm.max_over %x over [1] : tensor<8x64x7x?xf32>
  // CHECK-NEXT: norm.min_over %c over [0] : tensor<8x1x7x?xf32>
  %d = norm.min_over %c over [0] : tensor<8x1x7x?xf32>
  return %a : tensor<1x64x1x1xf32>
}

// CHECK-LABEL: @casts
func.func @casts(%x: tensor<8x?xbf16>) -> tensor<8x?xf32> {
  // CHECK-NEXT: %a = norm.cast %arg0 : tensor<8x?xbf16> to f32
  %a = norm.cast %x : tensor<8x?xbf16> to f32
  // CHECK-NEXT: %b = norm.cast %a : tensor<8x?xf32> to f64
  %b = norm.cast %a : tensor<8x?xf32> to f64
  // CHECK-NEXT: %c = norm.cast %b : tensor<8x?xf64> to f16
  %c = norm.cast %b : tensor<8x?xf64> to f16
  // CHECK-NEXT: %d = norm.cast %c : tensor<8x?xf16> to i32
  %d = norm.cast %c : tensor<8x?xf16> to i32
  // CHECK-NEXT: %e = norm.cast %d : tensor<8x?xi32> to i64
  %e = norm.cast %d : tensor<8x?xi32> to i64
  // CHECK-NEXT: %f = norm.cast %e : tensor<8x?xi64> to i1
  %f = norm.cast %e : tensor<8x?xi64> to i1
  // CHECK-NEXT: %g = norm.cast %f : tensor<8x?xi1> to bf16
  %g = norm.cast %f : tensor<8x?xi1> to bf16
  return %a : tensor<8x?xf32>
}

//===----------------------------------------------------------------------===//
// Layers
//===----------------------------------------------------------------------===//

// CHECK-LABEL: @normalizations
func.func @normalizations(%x: tensor<8x64x7x7xf32>, %g: tensor<1x64x1x1xf32>, %b: tensor<1x64x1x1xf32>)
    -> tensor<8x64x7x7xf32> {
  // CHECK-NEXT: norm.batch_norm %arg0, %arg1, %arg2 over [0, 2, 3] {eps = 1.0e-5} : tensor<8x64x7x7xf32>, tensor<1x64x1x1xf32>, tensor<1x64x1x1xf32>
  %0 = norm.batch_norm %x, %g, %b over [0, 2, 3] {eps = 1.0e-5} : tensor<8x64x7x7xf32>, tensor<1x64x1x1xf32>, tensor<1x64x1x1xf32>
  // CHECK-NEXT: norm.batch_norm %arg0, %arg1 over [0, 2, 3] {eps = 0.001} : tensor<8x64x7x7xf32>, tensor<1x64x1x1xf32>
  %1 = norm.batch_norm %x, %g over [0, 2, 3] {eps = 0.001} : tensor<8x64x7x7xf32>, tensor<1x64x1x1xf32>
  // CHECK-NEXT: norm.batch_norm %arg0 over [0, 2, 3] {eps = 1.0e-6} : tensor<8x64x7x7xf32>
  %2 = norm.batch_norm %x over [0, 2, 3] {eps = 1.0e-6} : tensor<8x64x7x7xf32>
  // Left out, eps is 1.0e-5.
  // CHECK-NEXT: norm.layer_norm %arg0 over [1, 2, 3] {eps = 1.0e-5} : tensor<8x64x7x7xf32>
  %3 = norm.layer_norm %x over [1, 2, 3] : tensor<8x64x7x7xf32>
  // CHECK-NEXT: norm.layer_norm %arg0, %arg1, %arg2 over [1] {eps = 0.0} :
  %4 = norm.layer_norm %x, %g, %b over [1] {eps = 0.0} : tensor<8x64x7x7xf32>, tensor<1x64x1x1xf32>, tensor<1x64x1x1xf32>
  // CHECK-NEXT: norm.group_norm %arg0, %arg1, %arg2 over [2, 3] {eps = 1.0e-12} :
  %5 = norm.group_norm %x, %g, %b over [2, 3] {eps = 1.0e-12} : tensor<8x64x7x7xf32>, tensor<1x64x1x1xf32>, tensor<1x64x1x1xf32>
  // CHECK-NEXT: norm.instance_norm %arg0 over [2, 3] {eps = 0.1} : tensor<8x64x7x7xf32>
  %6 = norm.instance_norm %x over [2, 3] {eps = 0.1} : tensor<8x64x7x7xf32>
  // CHECK-NEXT: norm.rms_norm %arg0, %arg1 over [1] {eps = 1.0e-6} : tensor<8x64x7x7xf32>, tensor<1x64x1x1xf32>
  %7 = norm.rms_norm %x, %g over [1] {eps = 1.0e-6} : tensor<8x64x7x7xf32>, tensor<1x64x1x1xf32>
  return %0 : tensor<8x64x7x7xf32>
}

// CHECK-LABEL: @other_layers
func.func @other_layers(%x: tensor<32x10xf16>) -> tensor<32x10xf16> {
  // CHECK-NEXT: %a = norm.softmax %arg0 over [1] : tensor<32x10xf16>
  %a = norm.softmax %x over [1] : tensor<32x10xf16>
  // CHECK-NEXT: %b = norm.log_softmax %arg0 over [0, 1] : tensor<32x10xf16>
  %b = norm.log_softmax %x over [0, 1] : tensor<32x10xf16>
  // CHECK-NEXT: %c = norm.variance %arg0 over [1] : tensor<32x10xf16>
  %c = norm.variance %x over [1] : tensor<32x10xf16>
  // CHECK-NEXT: norm.neg %c : tensor<32x1xf16>
  %minus = norm.neg %c : tensor<32x1xf16>
  // CHECK-NEXT: %d = norm.relu %arg0 : tensor<32x10xf16>
  %d = norm.relu %x : tensor<32x10xf16>
  // CHECK-NEXT: %e = norm.leaky_relu %arg0 {slope = 0.2} : tensor<32x10xf16>
  %e = norm.leaky_relu %x {slope = 0.2} : tensor<32x10xf16>
  // CHECK-NEXT: %f = norm.leaky_relu %arg0 {slope = 0.01} : tensor<32x10xf16>
  %f = norm.leaky_relu %x : tensor<32x10xf16>
  // CHECK-NEXT: %g = norm.elu %arg0 {alpha = -1.5} : tensor<32x10xf16>
  %g = norm.elu %x {alpha = -1.5} : tensor<32x10xf16>
  // CHECK-NEXT: %h = norm.elu %arg0 {alpha = 1.0} : tensor<32x10xf16>
  %h = norm.elu %x : tensor<32x10xf16>
  // CHECK-NEXT: %i = norm.silu %arg0 : tensor<32x10xf16>
  %i = norm.silu %x : tensor<32x10xf16>
  // CHECK-NEXT: %j = norm.gelu %arg0 : tensor<32x10xf16>
  %j = norm.gelu %x : tensor<32x10xf16>
  return %a : tensor<32x10xf16>
}

//===----------------------------------------------------------------------===//
// Names
//===----------------------------------------------------------------------===//

// The user's names stay; numbers stay numbers.
// CHECK-LABEL: @names
func.func @names(%x: tensor<4xf32>) -> tensor<4xf32> {
  // CHECK-NEXT: %xmu = norm.neg
  %xmu = norm.neg %x : tensor<4xf32>
  // CHECK-NEXT: %x-1 = norm.neg %xmu
  %x-1 = norm.neg %xmu : tensor<4xf32>
  // CHECK-NEXT: %a.b$c_ = norm.neg %x-1
  %a.b$c_ = norm.neg %x-1 : tensor<4xf32>
  // CHECK-NEXT: %int = norm.neg %a.b$c_
  %int = norm.neg %a.b$c_ : tensor<4xf32>
  // CHECK-NEXT: %0 = norm.neg %int
  %7 = norm.neg %int : tensor<4xf32>
  // CHECK-NEXT: return %0
  return %7 : tensor<4xf32>
}

// A name that is used in two functions stays in both.
// CHECK-LABEL: @same_names
func.func @same_names(%x: tensor<4xf32>) -> tensor<4xf32> {
  // CHECK-NEXT: %xmu = norm.neg
  %xmu = norm.neg %x : tensor<4xf32>
  return %xmu : tensor<4xf32>
}

//===----------------------------------------------------------------------===//
// Functions, gradients, pairs
//===----------------------------------------------------------------------===//

// CHECK-LABEL: @attributes
// CHECK-SAME: tensor<8x4xf32> {norm.shard = 0 : i64}, %arg1: tensor<1x4xf32> {norm.partial}, %arg2: tensor<1x4xf32>
// CHECK-SAME: -> (tensor<8x4xf32> {norm.inplace = 0 : i64}, tensor<1x4xf32> {norm.updates = 2 : i64})
func.func @attributes(%x: tensor<8x4xf32> {norm.shard = 0 : i64}, %g: tensor<1x4xf32> {norm.partial},
                      %r: tensor<1x4xf32>)
    -> (tensor<8x4xf32> {norm.inplace = 0 : i64}, tensor<1x4xf32> {norm.updates = 2 : i64}) {
  %y = norm.mul %x, %g : tensor<8x4xf32>, tensor<1x4xf32>
  return %y, %g : tensor<8x4xf32>, tensor<1x4xf32>
}

// CHECK: norm.gradient @grad of @attributes wrt [1, 0]{{$}}
norm.gradient @grad of @attributes wrt [1, 0]
// CHECK: norm.gradient @grad_all of @attributes wrt [0] {save = "all"}
norm.gradient @grad_all of @attributes wrt [0] {save = "all"}
// A gradient may be of another, even of one that follows.
// CHECK: norm.gradient @second of @first wrt [0, 1]
norm.gradient @second of @first wrt [0, 1]
// CHECK: norm.gradient @first of @same_names wrt [0]
norm.gradient @first of @same_names wrt [0]

// CHECK: norm.pair @g of @g_forward, @g_backward : (tensor<?x4xf32>) -> tensor<?x4xf32> names ["x", "y"] extents [array<i64: -1, 4>, array<i64: -1, 4>]
norm.pair @g of @g_forward, @g_backward : (tensor<?x4xf32>) -> tensor<?x4xf32>
  names ["x", "y"] extents [array<i64: -1, 4>, array<i64: -1, 4>]
