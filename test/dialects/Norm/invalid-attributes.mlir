// Attributes that no op declares, and wrong ones on functions.
// RUN: normc-opt %s --split-input-file --verify-diagnostics

//===----------------------------------------------------------------------===//
// Attributes that no op declares
//===----------------------------------------------------------------------===//

// A misspelt eps must not leave the default in its place.
func.func @misspelt(%x: tensor<4x5xf32>) {
  // expected-error@+2 {{attribute 'epsilon' is not one of norm.layer_norm}}
  // expected-note@+1 {{its attributes: axes, eps}}
  %y = norm.layer_norm %x over [1] {epsilon = 1.0e-3} : tensor<4x5xf32>
}

// -----

// eps is an f64, as it is where no type is written.
func.func @eps_type(%x: tensor<4x5xf32>) {
  // expected-error@+1 {{custom op 'norm.layer_norm' attribute 'eps' must be an f64, as 1.0e-5 is, but it is 1.000000e-03 : f32}}
  %y = norm.layer_norm %x over [1] {eps = 1.0e-3 : f32} : tensor<4x5xf32>
}

// -----

func.func @eps_integer(%x: tensor<4x5xf32>) {
  // expected-error@+1 {{custom op 'norm.layer_norm' attribute 'eps' must be an f64, as 1.0e-5 is, but it is 1 : i64}}
  %y = norm.layer_norm %x over [1] {eps = 1} : tensor<4x5xf32>
}

// -----

func.func @slope_string(%x: tensor<4x5xf32>) {
  // expected-error@+1 {{custom op 'norm.leaky_relu' attribute 'slope' must be an f64, as 1.0e-5 is, but it is "steep"}}
  %y = norm.leaky_relu %x {slope = "steep"} : tensor<4x5xf32>
}

// -----

func.func @alpha_unit(%x: tensor<4x5xf32>) {
  // expected-error@+1 {{custom op 'norm.elu' attribute 'alpha' must be an f64, as 1.0e-5 is, but it is unit}}
  %y = norm.elu %x {alpha} : tensor<4x5xf32>
}

// -----

// The same in the generic form.
func.func @eps_generic(%x: tensor<4x5xf32>) {
  // expected-error@+1 {{'norm.layer_norm' op attribute 'eps' failed to satisfy constraint: 64-bit float attribute}}
  %y = "norm.layer_norm"(%x) <{axes = array<i64: 1>, eps = 1.0e-3 : f32}> : (tensor<4x5xf32>) -> tensor<4x5xf32>
}

// -----

// What has a place of its own must not be overruled in braces.
func.func @axes_in_braces(%x: tensor<4x5xf32>) {
  // expected-error@+1 {{custom op 'norm.sum' attribute 'axes' is not written in braces, but in its place before}}
  %y = norm.sum %x over [1] {axes = array<i64: 0>} : tensor<4x5xf32>
}

// -----

func.func @predicate_in_braces(%x: tensor<4x5xf32>) {
  // expected-error@+1 {{custom op 'norm.compare' attribute 'predicate' is not written in braces, but in its place before}}
  %y = norm.compare lt %x, %x {predicate = 1} : tensor<4x5xf32>, tensor<4x5xf32>
}

// -----

func.func @f(%x: tensor<4xf32>) {
  return
}
// expected-error@+1 {{custom op 'norm.gradient' attribute 'wrt' is not written in braces, but in its place before}}
norm.gradient @wrt_in_braces of @f wrt [0] {wrt = array<i64: 0>}

// -----

func.func @f(%x: tensor<4xf32>) {
  return
}
// expected-error@+1 {{custom op 'norm.gradient' attribute 'save' must be a string, but it is unit}}
norm.gradient @save_type of @f wrt [0] {save}

// -----

func.func @constant_attribute() {
  // expected-error@+2 {{attribute 'eps' is not one of norm.constant}}
  // expected-note@+1 {{its attributes: value}}
  %a = norm.constant 1.0 : tensor<1xf32> {eps = 1.0}
}

// -----

func.func @index_attribute(%x: tensor<4xf32>) {
  // expected-error@+2 {{attribute 'stride' is not one of norm.index}}
  // expected-note@+1 {{its attributes: axis, element}}
  %a = norm.index 0 of %x {stride = 2} : tensor<4xf32> to i32
}

// -----

func.func @broadcast_attribute(%x: tensor<4xf32>) {
  // expected-error@+2 {{attribute 'axis' is not one of norm.broadcast}}
  // expected-note@+1 {{the op has no attributes}}
  %a = norm.broadcast %x like %x {axis = 0} : tensor<4xf32>, tensor<4xf32>
}

// -----

func.func @unary_attribute(%x: tensor<4xf32>) {
  // expected-error@+2 {{attribute 'approximate' is not one of norm.exp}}
  // expected-note@+1 {{the op has no attributes}}
  %a = norm.exp %x {approximate} : tensor<4xf32>
}

// -----

func.func @binary_attribute(%x: tensor<4xf32>) {
  // expected-error@+2 {{attribute 'alpha' is not one of norm.add}}
  // expected-note@+1 {{the op has no attributes}}
  %a = norm.add %x, %x {alpha = 2.0} : tensor<4xf32>, tensor<4xf32>
}

// -----

func.func @select_attribute(%c: tensor<4xi1>, %x: tensor<4xf32>) {
  // expected-error@+2 {{attribute 'mode' is not one of norm.select}}
  // expected-note@+1 {{the op has no attributes}}
  %a = norm.select %c, %x, %x {mode = "where"} : tensor<4xi1>, tensor<4xf32>, tensor<4xf32>
}

// -----

func.func @compare_attribute(%x: tensor<4xf32>) {
  // expected-error@+2 {{attribute 'nan' is not one of norm.compare}}
  // expected-note@+1 {{its attributes: predicate}}
  %a = norm.compare lt %x, %x {nan = true} : tensor<4xf32>, tensor<4xf32>
}

// -----

func.func @reduction_attribute(%x: tensor<4x5xf32>) {
  // expected-error@+2 {{attribute 'keepdims' is not one of norm.sum}}
  // expected-note@+1 {{its attributes: axes}}
  %a = norm.sum %x over [1] {keepdims = false} : tensor<4x5xf32>
}

// -----

func.func @cast_attribute(%x: tensor<4xf32>) {
  // expected-error@+2 {{attribute 'rounding' is not one of norm.cast}}
  // expected-note@+1 {{its attributes: element}}
  %a = norm.cast %x {rounding = "up"} : tensor<4xf32> to f16
}

// -----

func.func @softmax_attribute(%x: tensor<4xf32>) {
  // expected-error@+2 {{attribute 'temperature' is not one of norm.softmax}}
  // expected-note@+1 {{its attributes: axes}}
  %a = norm.softmax %x over [0] {temperature = 2.0} : tensor<4xf32>
}

// -----

func.func @activation_attribute(%x: tensor<4xf32>) {
  // expected-error@+2 {{attribute 'alpha' is not one of norm.leaky_relu}}
  // expected-note@+1 {{its attributes: slope}}
  %a = norm.leaky_relu %x {alpha = 2.0} : tensor<4xf32>
}

// -----

// Not even one of the dialect's own.
func.func @dialect_attribute(%x: tensor<4xf32>) {
  // expected-error@+2 {{attribute 'norm.shard' is not one of norm.neg}}
  // expected-note@+1 {{attributes of arguments: norm.shard, norm.partial; of results: norm.updates, norm.inplace}}
  %a = norm.neg %x {norm.shard = 0 : i64} : tensor<4xf32>
}

// -----

func.func @f(%x: tensor<4xf32>) {
  return
}
// expected-error@+2 {{attribute 'keep' is not one of norm.gradient}}
// expected-note@+1 {{its attributes: function, save, sym_name, wrt}}
norm.gradient @gradient_attribute of @f wrt [0] {keep = "all"}

// -----

//===----------------------------------------------------------------------===//
// Attributes on functions
//===----------------------------------------------------------------------===//

// shard: not an integer
// expected-error@+1 {{attribute 'norm.shard' must be an i64, but it is "batch"}}
func.func @shard_type(%x: tensor<4x5xf32> {norm.shard = "batch"}) {
  return
}

// -----

// shard: not an i64
// expected-error@+1 {{attribute 'norm.shard' must be an i64, but it is 0 : i32}}
func.func @shard_type(%x: tensor<4x5xf32> {norm.shard = 0 : i32}) {
  return
}

// -----

// shard: out of range
// expected-error@+1 {{attribute 'norm.shard' is 2, but it must be at least 0 and less than the rank, 2}}
func.func @shard_range(%x: tensor<4x5xf32> {norm.shard = 2 : i64}) {
  return
}

// -----

// shard: negative
// expected-error@+1 {{attribute 'norm.shard' is -1, but it must be at least 0 and less than the rank, 2}}
func.func @shard_range(%x: tensor<4x5xf32> {norm.shard = -1 : i64}) {
  return
}

// -----

// shard: an axis along which the argument does not vary
// expected-error@+1 {{argument 0 cannot be sharded along axis 0, along which it does not vary: its type is 'tensor<1x5xf32>'}}
func.func @shard_extent(%x: tensor<1x5xf32> {norm.shard = 0 : i64}) {
  return
}

// -----

// shard: not a tensor
// expected-error@+1 {{attribute 'norm.shard' belongs to tensors, but argument 0 is 'f32'}}
func.func @shard_scalar(%x: f32 {norm.shard = 0 : i64}) {
  return
}

// -----

// shard belongs to arguments
// expected-error@+2 {{attribute 'norm.shard' is not one of results}}
// expected-note@+1 {{attributes of results: norm.updates, norm.inplace}}
func.func @shard_result(%x: tensor<4xf32>) -> (tensor<4xf32> {norm.shard = 0 : i64}) {
  return %x : tensor<4xf32>
}

// -----

// partial takes no value
// expected-error@+1 {{attribute 'norm.partial' takes no value, but it has true}}
func.func @partial_value(%x: tensor<4x5xf32> {norm.partial = true}) {
  return
}

// -----

// partial: an integer has no gradient
// expected-error@+1 {{attribute 'norm.partial' belongs to floating-point arguments, but argument 0 is 'tensor<4x5xi32>'}}
func.func @partial_integer(%x: tensor<4x5xi32> {norm.partial}) {
  return
}

// -----

// partial belongs to arguments
// expected-error@+2 {{attribute 'norm.partial' is not one of results}}
// expected-note@+1 {{attributes of results: norm.updates, norm.inplace}}
func.func @partial_result(%x: tensor<4xf32>) -> (tensor<4xf32> {norm.partial}) {
  return %x : tensor<4xf32>
}

// -----

// updates: not an integer
// expected-error@+1 {{attribute 'norm.updates' must be an i64, but it is unit}}
func.func @updates_type(%x: tensor<4xf32>) -> (tensor<4xf32> {norm.updates}) {
  return %x : tensor<4xf32>
}

// -----

// updates: no such argument
// expected-error@+1 {{attribute 'norm.updates' is 1, but it must be at least 0 and less than the number of arguments, 1}}
func.func @updates_range(%x: tensor<4xf32>) -> (tensor<4xf32> {norm.updates = 1 : i64}) {
  return %x : tensor<4xf32>
}

// -----

// updates: the types differ
// expected-error@+1 {{result 0 cannot be written over argument 1: its type is 'tensor<4xf32>', the argument's 'tensor<4xf16>'}}
func.func @updates_mismatch(%x: tensor<4xf32>, %y: tensor<4xf16>) -> (tensor<4xf32> {norm.updates = 1 : i64}) {
  return %x : tensor<4xf32>
}

// -----

// updates: twice
// expected-error@+1 {{argument 0 cannot be written over twice, by result 0 and result 2}}
func.func @updates_twice(%x: tensor<4xf32>)
    -> (tensor<4xf32> {norm.updates = 0 : i64}, tensor<4xf32>, tensor<4xf32> {norm.updates = 0 : i64}) {
  return %x, %x, %x : tensor<4xf32>, tensor<4xf32>, tensor<4xf32>
}

// -----

// updates belongs to results
// expected-error@+2 {{attribute 'norm.updates' is not one of arguments}}
// expected-note@+1 {{attributes of arguments: norm.shard, norm.partial}}
func.func @updates_argument(%x: tensor<4xf32> {norm.updates = 0 : i64}) {
  return
}

// -----

// inplace: not an integer
// expected-error@+1 {{attribute 'norm.inplace' must be an i64, but it is 0.000000e+00 : f64}}
func.func @inplace_type(%x: tensor<4xf32>) -> (tensor<4xf32> {norm.inplace = 0.0}) {
  return %x : tensor<4xf32>
}

// -----

// inplace: no such argument
// expected-error@+1 {{attribute 'norm.inplace' is -1, but it must be at least 0 and less than the number of arguments, 1}}
func.func @inplace_range(%x: tensor<4xf32>) -> (tensor<4xf32> {norm.inplace = -1 : i64}) {
  return %x : tensor<4xf32>
}

// -----

// inplace: the types differ
// expected-error@+1 {{result 0 cannot be written over argument 1: its type is 'tensor<4xf32>', the argument's 'tensor<1xf32>'}}
func.func @inplace_mismatch(%x: tensor<4xf32>, %y: tensor<1xf32>) -> (tensor<4xf32> {norm.inplace = 1 : i64}) {
  return %x : tensor<4xf32>
}

// -----

// nonzero: with a value
// expected-error@+1 {{attribute 'norm.nonzero' takes no value, but it has 1 : i64}}
func.func @nonzero_value(%x: tensor<4xf32> {norm.nonzero = 1 : i64}) -> tensor<4xf32> {
  return %x : tensor<4xf32>
}

// -----

// nonzero: of integers
// expected-error@+1 {{attribute 'norm.nonzero' belongs to floating-point arguments, but argument 0 is 'tensor<4xi32>'}}
func.func @nonzero_integers(%x: tensor<4xi32> {norm.nonzero}) -> tensor<4xi32> {
  return %x : tensor<4xi32>
}

// -----

// inplace and updates of one argument, by two results
// expected-error@+1 {{argument 0 cannot be written over twice, by result 0 and result 1}}
func.func @inplace_twice(%x: tensor<4xf32>)
    -> (tensor<4xf32> {norm.inplace = 0 : i64}, tensor<4xf32> {norm.updates = 0 : i64}) {
  return %x, %x : tensor<4xf32>, tensor<4xf32>
}

// -----

// inplace and updates of one argument, by one result
// expected-error@+1 {{result 0 must not have both norm.updates and norm.inplace}}
func.func @inplace_and_updates(%x: tensor<4xf32>)
    -> (tensor<4xf32> {norm.inplace = 0 : i64, norm.updates = 0 : i64}) {
  return %x : tensor<4xf32>
}

// -----

// Unknown attributes of the dialect, wherever they are
// expected-error@+2 {{attribute 'norm.sharded' is not one of arguments}}
// expected-note@+1 {{attributes of arguments: norm.shard, norm.partial}}
func.func @unknown(%x: tensor<4xf32> {norm.sharded = 0 : i64}) {
  return
}

// -----

// expected-error@+2 {{attribute 'norm.update' is not one of results}}
// expected-note@+1 {{attributes of results: norm.updates, norm.inplace}}
func.func @unknown(%x: tensor<4xf32>) -> (tensor<4xf32> {norm.update = 0 : i64}) {
  return %x : tensor<4xf32>
}

// -----

// expected-error@+2 {{attribute 'norm.shard' is not one of func.func}}
// expected-note@+1 {{attributes of arguments: norm.shard, norm.partial; of results: norm.updates, norm.inplace}}
func.func @unknown(%x: tensor<4xf32>) attributes {norm.shard = 0 : i64} {
  return
}

// -----

// expected-error@+2 {{attribute 'norm.devices' is not one of builtin.module}}
// expected-note@+1 {{attributes of arguments: norm.shard, norm.partial; of results: norm.updates, norm.inplace}}
module attributes {norm.devices = 4} {
}

// -----

// What passes write is checked as well.
// expected-error@+1 {{attribute 'norm.saved' is -1, but it must be at least 0 and less than the number of values, 2147483647}}
func.func @saved(%x: tensor<4xf32> {norm.saved = -1 : i64}) {
  return
}

// -----

// expected-error@+1 {{attribute 'norm.extents' takes no value, but it has 1 : i64}}
func.func @extents(%x: tensor<4xf32> {norm.extents = 1 : i64}) {
  return
}

// -----

// expected-error@+1 {{attribute 'norm.name' must be a string}}
func.func @name(%x: tensor<4xf32>) -> (tensor<4xf32> {norm.name = 1 : i64}) {
  return %x : tensor<4xf32>
}

// -----

// expected-error@+1 {{attribute 'norm.save' must be a string}}
func.func @save(%x: tensor<4xf32>) attributes {norm.save = 1 : i64} {
  return
}

// -----

// expected-error@+1 {{attribute 'norm.saved_bytes' must be a string}}
func.func @bytes(%x: tensor<4xf32>) attributes {norm.saved_bytes = 1 : i64} {
  return
}

// -----

// expected-error@+1 {{attribute 'norm.bytes' must be a string}}
func.func @saved_bytes(%x: tensor<4xf32>) -> (tensor<4xf32> {norm.bytes = 1 : i64}) {
  return %x : tensor<4xf32>
}

// -----

// expected-error@+1 {{attribute 'norm.dropped' must be a list of strings}}
func.func @dropped(%x: tensor<4xf32>) attributes {norm.dropped = ["a", 1 : i64]} {
  return
}
