// Arguments that are written over and cannot be recovered.
// RUN: normc-opt %s --expand-layers --differentiate --closed-form --choose-saved --split-input-file --verify-diagnostics

func.func @relu(%x: tensor<8x4xf32>) -> (tensor<8x4xf32> {norm.inplace = 0 : i64}) {
  %s = norm.square %x : tensor<8x4xf32>
  %y = norm.relu %s : tensor<8x4xf32>
  return %y : tensor<8x4xf32>
}
// expected-error@+3 {{argument 0, which the gradient @relu_grad needs, cannot be recovered from result 'y', which is written over argument 0}}
// expected-note@+2 {{'s' is a norm.square, which cannot be undone}}
// expected-note@+1 {{take norm.inplace away, or let the result follow from argument 0 by steps that can be undone, as a product with a factor that is not 0 or a leaky_relu with a slope greater than 0}}
norm.gradient @relu_grad of @relu wrt [0]

// -----

func.func @flat(%x: tensor<8x4xf32>, %b: tensor<1x4xf32>) -> (tensor<8x4xf32> {norm.inplace = 0 : i64}) {
  %z = norm.add %x, %b : tensor<8x4xf32>, tensor<1x4xf32>
  %y = norm.leaky_relu %z {slope = 0.0} : tensor<8x4xf32>
  return %y : tensor<8x4xf32>
}
// expected-error@+3 {{value 'y_on', which the gradient @flat_grad needs, cannot be recovered from result 'y', which is written over argument 0}}
// expected-note@+2 {{where 'z' <= 0, 'y' is 0 whatever 'z' is: it has the slope 0 there}}
// expected-note@+1 {{take norm.inplace away, or}}
norm.gradient @flat_grad of @flat wrt [0]

// -----

func.func @folded(%x: tensor<8x4xf32>, %b: tensor<1x4xf32>) -> (tensor<8x4xf32> {norm.inplace = 0 : i64}) {
  %z = norm.add %x, %b : tensor<8x4xf32>, tensor<1x4xf32>
  %y = norm.leaky_relu %z {slope = -0.5} : tensor<8x4xf32>
  return %y : tensor<8x4xf32>
}
// expected-error@+3 {{argument 0, which the gradient @folded_grad needs, cannot be recovered from result 'y', which is written over argument 0}}
// expected-note@+2 {{'y' rises with the slope 1 where 'z' > 0, but falls with the slope -0.5 where 'z' <= 0}}
// expected-note@+1 {{take norm.inplace away, or}}
norm.gradient @folded_grad of @folded wrt [0]

// -----

// Both pieces rise, but one begins below where the other ends.
func.func @overlap(%x: tensor<8x4xf32>) -> (tensor<8x4xf32> {norm.inplace = 0 : i64}) {
  %one = norm.constant 1.0 : tensor<1x1xf32>
  %z   = norm.constant 0.0 : tensor<1x1xf32>
  %two = norm.constant 2.0 : tensor<1x1xf32>
  %a   = norm.add %x, %one : tensor<8x4xf32>, tensor<1x1xf32>
  %b   = norm.mul %x, %two : tensor<8x4xf32>, tensor<1x1xf32>
  %c   = norm.compare gt %x, %z : tensor<8x4xf32>, tensor<1x1xf32>
  %y   = norm.select %c, %b, %a : tensor<8x4xi1>, tensor<8x4xf32>, tensor<8x4xf32>
  return %y : tensor<8x4xf32>
}
// expected-error@+3 {{argument 0, which the gradient @overlap_grad needs, cannot be recovered from result 'y', which is written over argument 0}}
// expected-note@+2 {{'y' is 0 and 1 on the two sides of argument 0 = 0, so both sides have values in common}}
// expected-note@+1 {{take norm.inplace away, or}}
norm.gradient @overlap_grad of @overlap wrt [0]

// -----

func.func @twice(%x: tensor<8x4xf32>) -> (tensor<8x4xf32> {norm.inplace = 0 : i64}) {
  %y = norm.silu %x : tensor<8x4xf32>
  return %y : tensor<8x4xf32>
}
// expected-error@+3 {{cannot be recovered from result 'y', which is written over argument 0}}
// expected-note@+2 {{'y' depends on argument 0 in more than one way}}
// expected-note@+1 {{take norm.inplace away, or}}
norm.gradient @twice_grad of @twice wrt [0]

// -----

func.func @elsewhere(%x: tensor<8x4xf32>, %w: tensor<8x4xf32>) -> (tensor<8x4xf32> {norm.inplace = 0 : i64}, tensor<8x4xf32>) {
  %y = norm.square %w : tensor<8x4xf32>
  %z = norm.square %x : tensor<8x4xf32>
  return %y, %z : tensor<8x4xf32>, tensor<8x4xf32>
}
// expected-error@+3 {{argument 0, which the gradient @elsewhere_grad needs, cannot be recovered from result 'y', which is written over argument 0}}
// expected-note@+2 {{'y' does not depend on argument 0 position by position}}
// expected-note@+1 {{take norm.inplace away, or}}
norm.gradient @elsewhere_grad of @elsewhere wrt [0]

// -----

// What may be 0 must be checked, and there is no place for that where each element has a factor of its own.
func.func @gated(%x: tensor<8x4xf32>, %w: tensor<8x4xf32>) -> (tensor<8x4xf32> {norm.inplace = 0 : i64}) {
  %g = norm.tanh %w : tensor<8x4xf32>
  %y = norm.mul %x, %g : tensor<8x4xf32>, tensor<8x4xf32>
  return %y : tensor<8x4xf32>
}
// expected-error@+3 {{recovering what is written over divides by 'g', which must not be 0 anywhere; that is checked of arguments, and of what is computed once for many elements, but this is computed for each element}}
// expected-note@+2 {{it is computed here}}
// expected-note@+1 {{take norm.inplace away, or pass the factor as an argument}}
norm.gradient @gated_grad of @gated wrt [0, 1]
