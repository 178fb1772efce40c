// Values that do not lie together on one device. A user hears of it first of all.
// RUN: normc-opt %s --distribute --split-input-file --verify-diagnostics
// RUN: normc-opt %s --verify-graph --split-input-file --verify-diagnostics

func.func @half(%x: tensor<8x4xf32> {norm.shard = 0 : i64}, %r: tensor<8x4xf32>) -> tensor<8x4xf32> {
  // expected-error@+2 {{operand 0 is split over the devices along axis 0, but operand 1, which varies along it, is not}}
  // expected-note@+1 {{give norm.shard = 0 : i64 to each argument that varies along the axis}}
  %y = norm.add %x, %r : tensor<8x4xf32>, tensor<8x4xf32>
  return %y : tensor<8x4xf32>
}

// -----

func.func @far(%x: tensor<8x4xf32> {norm.shard = 1 : i64}, %g: tensor<1x4xf32>) -> tensor<8x4xf32> {
  %e = norm.exp %x : tensor<8x4xf32>
  %h = norm.neg %g : tensor<1x4xf32>
  // expected-error@+2 {{'e' is split over the devices along axis 1, but 'h', which varies along it, is not}}
  // expected-note@+1 {{give norm.shard = 1 : i64 to each argument that varies along the axis}}
  %y = norm.mul %h, %e : tensor<1x4xf32>, tensor<8x4xf32>
  return %y : tensor<8x4xf32>
}

// -----

func.func @crossed(%x: tensor<8x1xf32> {norm.shard = 0 : i64}, %g: tensor<1x4xf32> {norm.shard = 1 : i64}) -> tensor<8x4xf32> {
  // expected-error@+2 {{operand 0 is split over the devices along axis 0, but operand 1 along axis 1}}
  // expected-note@+1 {{one group of devices splits a value along one axis: shard the arguments along the same axis}}
  %y = norm.mul %x, %g : tensor<8x1xf32>, tensor<1x4xf32>
  return %y : tensor<8x4xf32>
}

// -----

// expected-error@+2 {{result 0 cannot be written over argument 1: one of them is split over the devices, and the other is not, or otherwise}}
// expected-note@+1 {{a result is split along the axis of the arguments that it follows from, if it varies along it}}
func.func @state(%x: tensor<8x4xf32> {norm.shard = 0 : i64}, %s: tensor<8x4xf32>) -> (tensor<8x4xf32> {norm.updates = 1 : i64}) {
  %y = norm.neg %x : tensor<8x4xf32>
  return %y : tensor<8x4xf32>
}
