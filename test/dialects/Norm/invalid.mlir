// What primitives refuse: one case for each numbered constraint of each op, in the order of NormPrimitives.td.
// RUN: normc-opt %s --split-input-file --verify-diagnostics

//===----------------------------------------------------------------------===//
// Constants
//===----------------------------------------------------------------------===//

// constant (c1): the rank is 0.
func.func @constant_c1() {
  // expected-error@+1 {{custom op 'norm.constant' the type of a constant must be a tensor of rank 1 to 8 of f16, bf16, f32, f64, i32 or i64, but it is 'tensor<f32>'}}
  %a = norm.constant 1.0 : tensor<f32>
}

// -----

// constant (c1): the rank is 9.
func.func @constant_c1() {
  // expected-error@+1 {{custom op 'norm.constant' the type of a constant must be a tensor of rank 1 to 8 of f16, bf16, f32, f64, i32 or i64, but it is 'tensor<1x1x1x1x1x1x1x1x1xf32>'}}
  %a = norm.constant 1.0 : tensor<1x1x1x1x1x1x1x1x1xf32>
}

// -----

// constant (c1): a mask is computed, not written.
func.func @constant_c1() {
  // expected-error@+1 {{custom op 'norm.constant' the type of a constant must be a tensor of rank 1 to 8 of f16, bf16, f32, f64, i32 or i64, but it is 'tensor<1xi1>'}}
  %a = norm.constant 1 : tensor<1xi1>
}

// -----

// constant (c1): not a tensor.
func.func @constant_c1() {
  // expected-error@+1 {{custom op 'norm.constant' the type of a constant must be a tensor of rank 1 to 8 of f16, bf16, f32, f64, i32 or i64, but it is 'f32'}}
  %a = norm.constant 1.0 : f32
}

// -----

// constant (c2)
func.func @constant_c2() {
  // expected-error@+2 {{'norm.constant' op must have extents of 1, but its type is 'tensor<1x4xf32>'}}
  // expected-note@+1 {{elementwise ops repeat a constant by themselves}}
  %a = norm.constant 1.0 : tensor<1x4xf32>
}

// -----

// constant (c2): `?` varies.
func.func @constant_c2() {
  // expected-error@+2 {{'norm.constant' op must have extents of 1, but its type is 'tensor<?xf32>'}}
  // expected-note@+1 {{elementwise ops repeat a constant by themselves}}
  %a = norm.constant 1.0 : tensor<?xf32>
}

// -----

// constant (c3): the type of the value, in the generic form.
func.func @constant_c3() {
  // expected-error@+1 {{'norm.constant' op must have a value of the element type 'f32', but it is of 'f64'}}
  %a = "norm.constant"() {value = 1.0 : f64} : () -> tensor<1xf32>
}

// -----

// constant (c3): a fraction is no integer.
func.func @constant_c3() {
  // expected-error@+1 {{custom op 'norm.constant' a constant of 'i32' must be an integer}}
  %a = norm.constant 1.0 : tensor<1xi32>
}

// -----

// constant (c3): 2^31 in i32.
func.func @constant_c3() {
  // expected-error@+1 {{custom op 'norm.constant' the value is not representable in 'i32'}}
  %a = norm.constant 2147483648 : tensor<1xi32>
}

// -----

// constant (c3): -2^31 - 1 in i32.
func.func @constant_c3() {
  // expected-error@+1 {{custom op 'norm.constant' the value is not representable in 'i32'}}
  %a = norm.constant -2147483649 : tensor<1xi32>
}

// -----

// constant (c3): 2^63 in i64.
func.func @constant_c3() {
  // expected-error@+1 {{custom op 'norm.constant' the value is not representable in 'i64'}}
  %a = norm.constant 9223372036854775808 : tensor<1xi64>
}

// -----

// constant (c3): 33 bits in i32.
func.func @constant_c3() {
  // expected-error@+1 {{custom op 'norm.constant' the value is not representable in 'i32'}}
  %a = norm.constant 0x100000000 : tensor<1xi32>
}

// -----

// constant (c3): too large for f16.
func.func @constant_c3() {
  // expected-error@+1 {{custom op 'norm.constant' the value is not representable in 'f16'}}
  %a = norm.constant 65520.0 : tensor<1xf16>
}

// -----

// constant (c3): an integer that is too large for f16.
func.func @constant_c3() {
  // expected-error@+1 {{custom op 'norm.constant' the value is not representable in 'f16'}}
  %a = norm.constant 100000 : tensor<1xf16>
}

// -----

// constant (c3): too large for any type.
func.func @constant_c3() {
  // expected-error@+1 {{custom op 'norm.constant' the value is not representable in 'f64'}}
  %a = norm.constant 1.0e400 : tensor<1xf64>
}

// -----

// constant (c3): an eps that f16 would make 0.
func.func @constant_c3() {
  // expected-error@+1 {{custom op 'norm.constant' the value is not representable in 'f16'}}
  %a = norm.constant 1.0e-12 : tensor<1xf16>
}

// -----

// constant (c3): 17 bits in bf16.
func.func @constant_c3() {
  // expected-error@+1 {{custom op 'norm.constant' the value is not representable in 'bf16'}}
  %a = norm.constant 0x10000 : tensor<1xbf16>
}

// -----

// constant (c3): bits have no sign.
func.func @constant_c3() {
  // expected-error@+1 {{custom op 'norm.constant' the value is not representable in 'bf16'}}
  %a = norm.constant -0x3F80 : tensor<1xbf16>
}

// -----

// index (c1)
func.func @index_c1(%x: tensor<4x5xf32>) {
  // expected-error@+1 {{axis 2 must be less than the rank 2}}
  %a = norm.index 2 of %x : tensor<4x5xf32> to i32
}

// -----

// index (c1): negative axes do not count from the end.
func.func @index_c1(%x: tensor<4x5xf32>) {
  // expected-error@+1 {{axis -1 must be at least 0}}
  %a = norm.index -1 of %x : tensor<4x5xf32> to i32
}

// -----

// index (c2)
func.func @index_c2(%x: tensor<4x5xf32>) {
  // expected-error@+1 {{the element type must be i32, i64, f16, bf16, f32 or f64}}
  %a = norm.index 0 of %x : tensor<4x5xf32> to i1
}

// -----

// index (c2)
func.func @index_c2(%x: tensor<4x5xf32>) {
  // expected-error@+1 {{the element type must be i32, i64, f16, bf16, f32 or f64}}
  %a = norm.index 0 of %x : tensor<4x5xf32> to index
}

// -----

// count (c1): no axis
func.func @count_c1(%x: tensor<4x5xf32>) {
  // expected-error@+1 {{axes must name at least one axis}}
  %a = norm.count %x over [] : tensor<4x5xf32> to f32
}

// -----

// count (c1): an axis below 0
func.func @count_c1(%x: tensor<4x5xf32>) {
  // expected-error@+1 {{axis -1 must be at least 0}}
  %a = norm.count %x over [-1] : tensor<4x5xf32> to f32
}

// -----

// count (c1): an axis that is not less than the rank
func.func @count_c1(%x: tensor<4x5xf32>) {
  // expected-error@+1 {{axis 2 must be less than the rank 2}}
  %a = norm.count %x over [0, 2] : tensor<4x5xf32> to f32
}

// -----

// count (c1): a repeated axis
func.func @count_c1(%x: tensor<4x5xf32>) {
  // expected-error@+1 {{axis 1 must not be repeated}}
  %a = norm.count %x over [1, 0, 1] : tensor<4x5xf32> to f32
}

// -----

// count (c2)
func.func @count_c2(%x: tensor<4x5xf32>) {
  // expected-error@+1 {{the element type must be i32, i64, f16, bf16, f32 or f64}}
  %a = norm.count %x over [0] : tensor<4x5xf32> to i8
}

// -----

//===----------------------------------------------------------------------===//
// Extents
//===----------------------------------------------------------------------===//

// broadcast (c1)
func.func @broadcast_c1(%a: tensor<4xf32>, %x: tensor<3x4xf32>) {
  // expected-error@+1 {{operands must have one rank, but operand 1 has rank 2 and operand 0 has rank 1}}
  %b = norm.broadcast %a like %x : tensor<4xf32>, tensor<3x4xf32>
}

// -----

// broadcast (c2)
func.func @broadcast_c2(%a: tensor<2x4xf32>, %x: tensor<3x4xf32>) {
  // expected-error@+1 {{extents must agree with those of the value that is broadcast to, or be 1, but along axis 0 they are 2 and 3}}
  %b = norm.broadcast %a like %x : tensor<2x4xf32>, tensor<3x4xf32>
}

// -----

// broadcast (c2): a broadcast makes nothing smaller.
func.func @broadcast_c2(%a: tensor<3x4xf32>, %x: tensor<1x4xf32>) {
  // expected-error@+1 {{extents must agree with those of the value that is broadcast to, or be 1, but along axis 0 they are 3 and 1}}
  %b = norm.broadcast %a like %x : tensor<3x4xf32>, tensor<1x4xf32>
}

// -----

// broadcast (c2): `?` varies, so it does not agree with 1.
func.func @broadcast_c2(%a: tensor<?x4xf32>, %x: tensor<1x4xf32>) {
  // expected-error@+1 {{extents must agree with those of the value that is broadcast to, or be 1, but along axis 0 they are ? and 1}}
  %b = norm.broadcast %a like %x : tensor<?x4xf32>, tensor<1x4xf32>
}

// -----

// A value of the dialect has a rank of 1 to 8, whatever the op.
func.func @rank(%a: tensor<f32>, %x: tensor<4xf32>) {
  // expected-error@+1 {{operand 0 must be a tensor of rank 1 to 8 of f16, bf16, f32, f64, i32, i64 or i1, but it is tensor<f32>}}
  %b = norm.broadcast %a like %x : tensor<f32>, tensor<4xf32>
}

// -----

// A value of the dialect has no encoding.
func.func @encoding(%a: tensor<4xf32, 7 : i32>) {
  // expected-error@+1 {{operand 0 must be a tensor of rank 1 to 8 of f16, bf16, f32, f64, i32, i64 or i1, but it is tensor<4xf32, 7 : i32>}}
  %b = norm.neg %a : tensor<4xf32, 7 : i32>
}

// -----

// A value of the dialect is ranked.
func.func @unranked(%a: tensor<*xf32>) {
  // expected-error@+1 {{custom op 'norm.neg' invalid kind of type specified}}
  %b = norm.neg %a : tensor<*xf32>
}

// -----

//===----------------------------------------------------------------------===//
// Elementwise, one operand
//===----------------------------------------------------------------------===//

// neg (c1)
func.func @neg_c1(%x: tensor<4xi32>) {
  // expected-error@+1 {{'norm.neg' op operand #0 must be tensor of rank 1 to 8 of f16, bf16, f32 or f64, but got 'tensor<4xi32>'}}
  %y = norm.neg %x : tensor<4xi32>
}

// -----

// abs (c1)
func.func @abs_c1(%x: tensor<4xi1>) {
  // expected-error@+1 {{'norm.abs' op operand #0 must be tensor of rank 1 to 8 of f16, bf16, f32 or f64, but got 'tensor<4xi1>'}}
  %y = norm.abs %x : tensor<4xi1>
}

// -----

// sign (c1)
func.func @sign_c1(%x: tensor<4xi64>) {
  // expected-error@+1 {{'norm.sign' op operand #0 must be tensor of rank 1 to 8 of f16, bf16, f32 or f64, but got 'tensor<4xi64>'}}
  %y = norm.sign %x : tensor<4xi64>
}

// -----

// square (c1)
func.func @square_c1(%x: tensor<4xi32>) {
  // expected-error@+1 {{'norm.square' op operand #0 must be tensor of rank 1 to 8 of f16, bf16, f32 or f64, but got 'tensor<4xi32>'}}
  %y = norm.square %x : tensor<4xi32>
}

// -----

// sqrt (c1)
func.func @sqrt_c1(%x: tensor<4xi1>) {
  // expected-error@+1 {{'norm.sqrt' op operand #0 must be tensor of rank 1 to 8 of f16, bf16, f32 or f64, but got 'tensor<4xi1>'}}
  %y = norm.sqrt %x : tensor<4xi1>
}

// -----

// rsqrt (c1)
func.func @rsqrt_c1(%x: tensor<4xi64>) {
  // expected-error@+1 {{'norm.rsqrt' op operand #0 must be tensor of rank 1 to 8 of f16, bf16, f32 or f64, but got 'tensor<4xi64>'}}
  %y = norm.rsqrt %x : tensor<4xi64>
}

// -----

// reciprocal (c1)
func.func @reciprocal_c1(%x: tensor<4xi32>) {
  // expected-error@+1 {{'norm.reciprocal' op operand #0 must be tensor of rank 1 to 8 of f16, bf16, f32 or f64, but got 'tensor<4xi32>'}}
  %y = norm.reciprocal %x : tensor<4xi32>
}

// -----

// exp (c1)
func.func @exp_c1(%x: tensor<4xi1>) {
  // expected-error@+1 {{'norm.exp' op operand #0 must be tensor of rank 1 to 8 of f16, bf16, f32 or f64, but got 'tensor<4xi1>'}}
  %y = norm.exp %x : tensor<4xi1>
}

// -----

// log (c1)
func.func @log_c1(%x: tensor<4xi64>) {
  // expected-error@+1 {{'norm.log' op operand #0 must be tensor of rank 1 to 8 of f16, bf16, f32 or f64, but got 'tensor<4xi64>'}}
  %y = norm.log %x : tensor<4xi64>
}

// -----

// tanh (c1)
func.func @tanh_c1(%x: tensor<4xi32>) {
  // expected-error@+1 {{'norm.tanh' op operand #0 must be tensor of rank 1 to 8 of f16, bf16, f32 or f64, but got 'tensor<4xi32>'}}
  %y = norm.tanh %x : tensor<4xi32>
}

// -----

// sigmoid (c1)
func.func @sigmoid_c1(%x: tensor<4xi1>) {
  // expected-error@+1 {{'norm.sigmoid' op operand #0 must be tensor of rank 1 to 8 of f16, bf16, f32 or f64, but got 'tensor<4xi1>'}}
  %y = norm.sigmoid %x : tensor<4xi1>
}

// -----

// erf (c1)
func.func @erf_c1(%x: tensor<4xi64>) {
  // expected-error@+1 {{'norm.erf' op operand #0 must be tensor of rank 1 to 8 of f16, bf16, f32 or f64, but got 'tensor<4xi64>'}}
  %y = norm.erf %x : tensor<4xi64>
}

// -----

//===----------------------------------------------------------------------===//
// Elementwise, two operands
//===----------------------------------------------------------------------===//

// add (c1)
func.func @add_c1(%a: tensor<4xi32>) {
  // expected-error@+1 {{'norm.add' op operand #0 must be tensor of rank 1 to 8 of f16, bf16, f32 or f64, but got 'tensor<4xi32>'}}
  %y = norm.add %a, %a : tensor<4xi32>, tensor<4xi32>
}

// -----

// add (c2)
func.func @add_c2(%a: tensor<4xf32>, %b: tensor<4xf16>) {
  // expected-error@+2 {{operands must have one element type, but operand 1 has 'f16' and operand 0 has 'f32'}}
  // expected-note@+1 {{write norm.cast to convert one of them}}
  %y = norm.add %a, %b : tensor<4xf32>, tensor<4xf16>
}

// -----

// add (c3)
func.func @add_c3(%a: tensor<4xf32>, %b: tensor<1x4xf32>) {
  // expected-error@+1 {{operands must have one rank, but operand 1 has rank 2 and operand 0 has rank 1}}
  %y = norm.add %a, %b : tensor<4xf32>, tensor<1x4xf32>
}

// -----

// add (c4)
func.func @add_c4(%a: tensor<8x4xf32>, %b: tensor<8x5xf32>) {
  // expected-error@+1 {{extents must agree or be 1, but along axis 1 operand 1 has extent 5 where the operands before it have 4}}
  %y = norm.add %a, %b : tensor<8x4xf32>, tensor<8x5xf32>
}

// -----

// sub (c1)
func.func @sub_c1(%a: tensor<4xi32>) {
  // expected-error@+1 {{'norm.sub' op operand #0 must be tensor of rank 1 to 8 of f16, bf16, f32 or f64, but got 'tensor<4xi32>'}}
  %y = norm.sub %a, %a : tensor<4xi32>, tensor<4xi32>
}

// -----

// sub (c2)
func.func @sub_c2(%a: tensor<4xf32>, %b: tensor<4xf16>) {
  // expected-error@+2 {{operands must have one element type, but operand 1 has 'f16' and operand 0 has 'f32'}}
  // expected-note@+1 {{write norm.cast to convert one of them}}
  %y = norm.sub %a, %b : tensor<4xf32>, tensor<4xf16>
}

// -----

// sub (c3)
func.func @sub_c3(%a: tensor<4xf32>, %b: tensor<1x4xf32>) {
  // expected-error@+1 {{operands must have one rank, but operand 1 has rank 2 and operand 0 has rank 1}}
  %y = norm.sub %a, %b : tensor<4xf32>, tensor<1x4xf32>
}

// -----

// sub (c4)
func.func @sub_c4(%a: tensor<8x4xf32>, %b: tensor<8x5xf32>) {
  // expected-error@+1 {{extents must agree or be 1, but along axis 1 operand 1 has extent 5 where the operands before it have 4}}
  %y = norm.sub %a, %b : tensor<8x4xf32>, tensor<8x5xf32>
}

// -----

// mul (c1)
func.func @mul_c1(%a: tensor<4xi32>) {
  // expected-error@+1 {{'norm.mul' op operand #0 must be tensor of rank 1 to 8 of f16, bf16, f32 or f64, but got 'tensor<4xi32>'}}
  %y = norm.mul %a, %a : tensor<4xi32>, tensor<4xi32>
}

// -----

// mul (c2)
func.func @mul_c2(%a: tensor<4xf32>, %b: tensor<4xf16>) {
  // expected-error@+2 {{operands must have one element type, but operand 1 has 'f16' and operand 0 has 'f32'}}
  // expected-note@+1 {{write norm.cast to convert one of them}}
  %y = norm.mul %a, %b : tensor<4xf32>, tensor<4xf16>
}

// -----

// mul (c3)
func.func @mul_c3(%a: tensor<4xf32>, %b: tensor<1x4xf32>) {
  // expected-error@+1 {{operands must have one rank, but operand 1 has rank 2 and operand 0 has rank 1}}
  %y = norm.mul %a, %b : tensor<4xf32>, tensor<1x4xf32>
}

// -----

// mul (c4)
func.func @mul_c4(%a: tensor<8x4xf32>, %b: tensor<8x5xf32>) {
  // expected-error@+1 {{extents must agree or be 1, but along axis 1 operand 1 has extent 5 where the operands before it have 4}}
  %y = norm.mul %a, %b : tensor<8x4xf32>, tensor<8x5xf32>
}

// -----

// div (c1)
func.func @div_c1(%a: tensor<4xi32>) {
  // expected-error@+1 {{'norm.div' op operand #0 must be tensor of rank 1 to 8 of f16, bf16, f32 or f64, but got 'tensor<4xi32>'}}
  %y = norm.div %a, %a : tensor<4xi32>, tensor<4xi32>
}

// -----

// div (c2)
func.func @div_c2(%a: tensor<4xf32>, %b: tensor<4xf16>) {
  // expected-error@+2 {{operands must have one element type, but operand 1 has 'f16' and operand 0 has 'f32'}}
  // expected-note@+1 {{write norm.cast to convert one of them}}
  %y = norm.div %a, %b : tensor<4xf32>, tensor<4xf16>
}

// -----

// div (c3)
func.func @div_c3(%a: tensor<4xf32>, %b: tensor<1x4xf32>) {
  // expected-error@+1 {{operands must have one rank, but operand 1 has rank 2 and operand 0 has rank 1}}
  %y = norm.div %a, %b : tensor<4xf32>, tensor<1x4xf32>
}

// -----

// div (c4)
func.func @div_c4(%a: tensor<8x4xf32>, %b: tensor<8x5xf32>) {
  // expected-error@+1 {{extents must agree or be 1, but along axis 1 operand 1 has extent 5 where the operands before it have 4}}
  %y = norm.div %a, %b : tensor<8x4xf32>, tensor<8x5xf32>
}

// -----

// max (c1)
func.func @max_c1(%a: tensor<4xi1>) {
  // expected-error@+1 {{'norm.max' op operand #0 must be tensor of rank 1 to 8 of f16, bf16, f32, f64, i32 or i64, but got 'tensor<4xi1>'}}
  %y = norm.max %a, %a : tensor<4xi1>, tensor<4xi1>
}

// -----

// max (c2)
func.func @max_c2(%a: tensor<4xf32>, %b: tensor<4xf16>) {
  // expected-error@+2 {{operands must have one element type, but operand 1 has 'f16' and operand 0 has 'f32'}}
  // expected-note@+1 {{write norm.cast to convert one of them}}
  %y = norm.max %a, %b : tensor<4xf32>, tensor<4xf16>
}

// -----

// max (c3)
func.func @max_c3(%a: tensor<4xf32>, %b: tensor<1x4xf32>) {
  // expected-error@+1 {{operands must have one rank, but operand 1 has rank 2 and operand 0 has rank 1}}
  %y = norm.max %a, %b : tensor<4xf32>, tensor<1x4xf32>
}

// -----

// max (c4)
func.func @max_c4(%a: tensor<8x4xf32>, %b: tensor<8x5xf32>) {
  // expected-error@+1 {{extents must agree or be 1, but along axis 1 operand 1 has extent 5 where the operands before it have 4}}
  %y = norm.max %a, %b : tensor<8x4xf32>, tensor<8x5xf32>
}

// -----

// min (c1)
func.func @min_c1(%a: tensor<4xi1>) {
  // expected-error@+1 {{'norm.min' op operand #0 must be tensor of rank 1 to 8 of f16, bf16, f32, f64, i32 or i64, but got 'tensor<4xi1>'}}
  %y = norm.min %a, %a : tensor<4xi1>, tensor<4xi1>
}

// -----

// min (c2)
func.func @min_c2(%a: tensor<4xf32>, %b: tensor<4xf16>) {
  // expected-error@+2 {{operands must have one element type, but operand 1 has 'f16' and operand 0 has 'f32'}}
  // expected-note@+1 {{write norm.cast to convert one of them}}
  %y = norm.min %a, %b : tensor<4xf32>, tensor<4xf16>
}

// -----

// min (c3)
func.func @min_c3(%a: tensor<4xf32>, %b: tensor<1x4xf32>) {
  // expected-error@+1 {{operands must have one rank, but operand 1 has rank 2 and operand 0 has rank 1}}
  %y = norm.min %a, %b : tensor<4xf32>, tensor<1x4xf32>
}

// -----

// min (c4)
func.func @min_c4(%a: tensor<8x4xf32>, %b: tensor<8x5xf32>) {
  // expected-error@+1 {{extents must agree or be 1, but along axis 1 operand 1 has extent 5 where the operands before it have 4}}
  %y = norm.min %a, %b : tensor<8x4xf32>, tensor<8x5xf32>
}

// -----

// pow (c1)
func.func @pow_c1(%a: tensor<4xi32>) {
  // expected-error@+1 {{'norm.pow' op operand #0 must be tensor of rank 1 to 8 of f16, bf16, f32 or f64, but got 'tensor<4xi32>'}}
  %y = norm.pow %a, %a : tensor<4xi32>, tensor<4xi32>
}

// -----

// pow (c2)
func.func @pow_c2(%a: tensor<4xf32>, %b: tensor<4xf16>) {
  // expected-error@+2 {{operands must have one element type, but operand 1 has 'f16' and operand 0 has 'f32'}}
  // expected-note@+1 {{write norm.cast to convert one of them}}
  %y = norm.pow %a, %b : tensor<4xf32>, tensor<4xf16>
}

// -----

// pow (c3)
func.func @pow_c3(%a: tensor<4xf32>, %b: tensor<1x4xf32>) {
  // expected-error@+1 {{operands must have one rank, but operand 1 has rank 2 and operand 0 has rank 1}}
  %y = norm.pow %a, %b : tensor<4xf32>, tensor<1x4xf32>
}

// -----

// pow (c4)
func.func @pow_c4(%a: tensor<8x4xf32>, %b: tensor<8x5xf32>) {
  // expected-error@+1 {{extents must agree or be 1, but along axis 1 operand 1 has extent 5 where the operands before it have 4}}
  %y = norm.pow %a, %b : tensor<8x4xf32>, tensor<8x5xf32>
}

// -----

//===----------------------------------------------------------------------===//
// Choice
//===----------------------------------------------------------------------===//

// compare (c1)
func.func @compare_c1(%a: tensor<4xf32>, %b: tensor<4xf64>) {
  // expected-error@+2 {{operands must have one element type, but operand 1 has 'f64' and operand 0 has 'f32'}}
  // expected-note@+1 {{write norm.cast to convert one of them}}
  %c = norm.compare lt %a, %b : tensor<4xf32>, tensor<4xf64>
}

// -----

// compare (c2)
func.func @compare_c2(%a: tensor<4xf32>, %b: tensor<4x1xf32>) {
  // expected-error@+1 {{operands must have one rank, but operand 1 has rank 2 and operand 0 has rank 1}}
  %c = norm.compare lt %a, %b : tensor<4xf32>, tensor<4x1xf32>
}

// -----

// compare (c3)
func.func @compare_c3(%a: tensor<4xf32>, %b: tensor<5xf32>) {
  // expected-error@+1 {{extents must agree or be 1, but along axis 0 operand 1 has extent 5 where the operands before it have 4}}
  %c = norm.compare lt %a, %b : tensor<4xf32>, tensor<5xf32>
}

// -----

// compare: the relation
func.func @compare(%a: tensor<4xf32>) {
  // expected-error@+1 {{custom op 'norm.compare' expected string or keyword containing one of the following enum values for attribute 'predicate' [eq, ne, lt, le, gt, ge]}}
  %c = norm.compare slt %a, %a : tensor<4xf32>, tensor<4xf32>
}

// -----

// select (c1)
func.func @select_c1(%a: tensor<4xf32>) {
  // expected-error@+1 {{the condition must be a mask, a tensor of i1}}
  %c = norm.select %a, %a, %a : tensor<4xf32>, tensor<4xf32>, tensor<4xf32>
}

// -----

// select (c2)
func.func @select_c2(%c: tensor<4xi1>, %a: tensor<4xf32>, %b: tensor<4xbf16>) {
  // expected-error@+2 {{operands must have one element type, but operand 2 has 'bf16' and operand 1 has 'f32'}}
  // expected-note@+1 {{write norm.cast to convert one of them}}
  %y = norm.select %c, %a, %b : tensor<4xi1>, tensor<4xf32>, tensor<4xbf16>
}

// -----

// select (c3)
func.func @select_c3(%c: tensor<4xi1>, %a: tensor<4xf32>, %b: tensor<1x4xf32>) {
  // expected-error@+1 {{operands must have one rank, but operand 2 has rank 2 and operand 0 has rank 1}}
  %y = norm.select %c, %a, %b : tensor<4xi1>, tensor<4xf32>, tensor<1x4xf32>
}

// -----

// select (c4)
func.func @select_c4(%c: tensor<4xi1>, %a: tensor<1xf32>, %b: tensor<3xf32>) {
  // expected-error@+1 {{extents must agree or be 1, but along axis 0 operand 2 has extent 3 where the operands before it have 4}}
  %y = norm.select %c, %a, %b : tensor<4xi1>, tensor<1xf32>, tensor<3xf32>
}

// -----

//===----------------------------------------------------------------------===//
// Reductions
//===----------------------------------------------------------------------===//

// sum (c1)
func.func @sum_c1(%x: tensor<4xi32>) {
  // expected-error@+1 {{'norm.sum' op operand #0 must be tensor of rank 1 to 8 of f16, bf16, f32 or f64, but got 'tensor<4xi32>'}}
  %y = norm.sum %x over [0] : tensor<4xi32>
}

// -----

// sum (c2): no axis
func.func @sum_c2(%x: tensor<4x5xf32>) {
  // expected-error@+1 {{axes must name at least one axis}}
  %y = norm.sum %x over [] : tensor<4x5xf32>
}

// -----

// sum (c2): an axis below 0
func.func @sum_c2(%x: tensor<4x5xf32>) {
  // expected-error@+1 {{axis -1 must be at least 0}}
  %y = norm.sum %x over [0, -1] : tensor<4x5xf32>
}

// -----

// sum (c2): an axis that is not less than the rank
func.func @sum_c2(%x: tensor<4x5xf32>) {
  // expected-error@+1 {{axis 2 must be less than the rank 2}}
  %y = norm.sum %x over [2] : tensor<4x5xf32>
}

// -----

// sum (c2): a repeated axis
func.func @sum_c2(%x: tensor<4x5xf32>) {
  // expected-error@+1 {{axis 1 must not be repeated}}
  %y = norm.sum %x over [1, 1] : tensor<4x5xf32>
}

// -----

// mean (c1)
func.func @mean_c1(%x: tensor<4xi32>) {
  // expected-error@+1 {{'norm.mean' op operand #0 must be tensor of rank 1 to 8 of f16, bf16, f32 or f64, but got 'tensor<4xi32>'}}
  %y = norm.mean %x over [0] : tensor<4xi32>
}

// -----

// mean (c2): no axis
func.func @mean_c2(%x: tensor<4x5xf32>) {
  // expected-error@+1 {{axes must name at least one axis}}
  %y = norm.mean %x over [] : tensor<4x5xf32>
}

// -----

// mean (c2): an axis below 0
func.func @mean_c2(%x: tensor<4x5xf32>) {
  // expected-error@+1 {{axis -1 must be at least 0}}
  %y = norm.mean %x over [0, -1] : tensor<4x5xf32>
}

// -----

// mean (c2): an axis that is not less than the rank
func.func @mean_c2(%x: tensor<4x5xf32>) {
  // expected-error@+1 {{axis 2 must be less than the rank 2}}
  %y = norm.mean %x over [2] : tensor<4x5xf32>
}

// -----

// mean (c2): a repeated axis
func.func @mean_c2(%x: tensor<4x5xf32>) {
  // expected-error@+1 {{axis 1 must not be repeated}}
  %y = norm.mean %x over [1, 1] : tensor<4x5xf32>
}

// -----

// max_over (c1)
func.func @max_over_c1(%x: tensor<4xi32>) {
  // expected-error@+1 {{'norm.max_over' op operand #0 must be tensor of rank 1 to 8 of f16, bf16, f32 or f64, but got 'tensor<4xi32>'}}
  %y = norm.max_over %x over [0] : tensor<4xi32>
}

// -----

// max_over (c2): no axis
func.func @max_over_c2(%x: tensor<4x5xf32>) {
  // expected-error@+1 {{axes must name at least one axis}}
  %y = norm.max_over %x over [] : tensor<4x5xf32>
}

// -----

// max_over (c2): an axis below 0
func.func @max_over_c2(%x: tensor<4x5xf32>) {
  // expected-error@+1 {{axis -1 must be at least 0}}
  %y = norm.max_over %x over [0, -1] : tensor<4x5xf32>
}

// -----

// max_over (c2): an axis that is not less than the rank
func.func @max_over_c2(%x: tensor<4x5xf32>) {
  // expected-error@+1 {{axis 2 must be less than the rank 2}}
  %y = norm.max_over %x over [2] : tensor<4x5xf32>
}

// -----

// max_over (c2): a repeated axis
func.func @max_over_c2(%x: tensor<4x5xf32>) {
  // expected-error@+1 {{axis 1 must not be repeated}}
  %y = norm.max_over %x over [1, 1] : tensor<4x5xf32>
}

// -----

// min_over (c1)
func.func @min_over_c1(%x: tensor<4xi32>) {
  // expected-error@+1 {{'norm.min_over' op operand #0 must be tensor of rank 1 to 8 of f16, bf16, f32 or f64, but got 'tensor<4xi32>'}}
  %y = norm.min_over %x over [0] : tensor<4xi32>
}

// -----

// min_over (c2): no axis
func.func @min_over_c2(%x: tensor<4x5xf32>) {
  // expected-error@+1 {{axes must name at least one axis}}
  %y = norm.min_over %x over [] : tensor<4x5xf32>
}

// -----

// min_over (c2): an axis below 0
func.func @min_over_c2(%x: tensor<4x5xf32>) {
  // expected-error@+1 {{axis -1 must be at least 0}}
  %y = norm.min_over %x over [0, -1] : tensor<4x5xf32>
}

// -----

// min_over (c2): an axis that is not less than the rank
func.func @min_over_c2(%x: tensor<4x5xf32>) {
  // expected-error@+1 {{axis 2 must be less than the rank 2}}
  %y = norm.min_over %x over [2] : tensor<4x5xf32>
}

// -----

// min_over (c2): a repeated axis
func.func @min_over_c2(%x: tensor<4x5xf32>) {
  // expected-error@+1 {{axis 1 must not be repeated}}
  %y = norm.min_over %x over [1, 1] : tensor<4x5xf32>
}

// -----

// squared_deviations (c1)
func.func @squared_deviations_c1(%x: tensor<4xi32>) {
  // expected-error@+1 {{'norm.squared_deviations' op operand #0 must be tensor of rank 1 to 8 of f16, bf16, f32 or f64, but got 'tensor<4xi32>'}}
  %y = norm.squared_deviations %x over [0] : tensor<4xi32>
}

// -----

// squared_deviations (c2): no axis
func.func @squared_deviations_c2(%x: tensor<4x5xf32>) {
  // expected-error@+1 {{axes must name at least one axis}}
  %y = norm.squared_deviations %x over [] : tensor<4x5xf32>
}

// -----

// squared_deviations (c2): an axis below 0
func.func @squared_deviations_c2(%x: tensor<4x5xf32>) {
  // expected-error@+1 {{axis -1 must be at least 0}}
  %y = norm.squared_deviations %x over [0, -1] : tensor<4x5xf32>
}

// -----

// squared_deviations (c2): an axis that is not less than the rank
func.func @squared_deviations_c2(%x: tensor<4x5xf32>) {
  // expected-error@+1 {{axis 2 must be less than the rank 2}}
  %y = norm.squared_deviations %x over [2] : tensor<4x5xf32>
}

// -----

// squared_deviations (c2): a repeated axis
func.func @squared_deviations_c2(%x: tensor<4x5xf32>) {
  // expected-error@+1 {{axis 1 must not be repeated}}
  %y = norm.squared_deviations %x over [1, 1] : tensor<4x5xf32>
}

// -----

//===----------------------------------------------------------------------===//
// Devices
//===----------------------------------------------------------------------===//

// merge (c1)
func.func @merge_c1(%x: tensor<?x4xi32>, %p: tensor<1x4xi32>) {
  // expected-error@+1 {{'norm.merge' op operand #0 must be tensor of rank 1 to 8 of f16, bf16, f32 or f64, but got 'tensor<1x4xi32>'}}
  %y = norm.merge sum %p of %x over [0] : tensor<1x4xi32>, tensor<?x4xi32>
}

// -----

// merge (c2)
func.func @merge_c2(%x: tensor<?x4xf32>, %p: tensor<1x4xf32>) {
  // expected-error@+1 {{axis 2 must be less than the rank 2}}
  %y = norm.merge sum %p of %x over [2] : tensor<1x4xf32>, tensor<?x4xf32>
}

// -----

// merge (c3): it varies along the axes
func.func @merge_c3(%x: tensor<?x4xf32>, %p: tensor<1x4xf32>) {
  // expected-error@+1 {{a partial result must not vary along the axes, but along axis 1 it does}}
  %y = norm.merge sum %p of %x over [1] : tensor<1x4xf32>, tensor<?x4xf32>
}

// -----

// merge (c3): another rank
func.func @merge_c3(%x: tensor<?x4xf32>, %p: tensor<4xf32>) {
  // expected-error@+1 {{operands must have one rank, but operand 1 has rank 2 and operand 0 has rank 1}}
  %y = norm.merge sum %p of %x over [0] : tensor<4xf32>, tensor<?x4xf32>
}

// -----

// merge (c4): no mean
func.func @merge_c4(%x: tensor<?x4xf32>, %p: tensor<1x4xf32>) {
  // expected-error@+1 {{'norm.merge' op of moments must have a mean}}
  %y = norm.merge moments %p of %x over [0] : tensor<1x4xf32>, tensor<?x4xf32>
}

// -----

// merge (c4): a mean too many
func.func @merge_c4(%x: tensor<?x4xf32>, %p: tensor<1x4xf32>) {
  // expected-error@+1 {{'norm.merge' op has a mean, but only moments have one}}
  %y = norm.merge sum %p about %p : tensor<1x4xf32> of %x over [0] : tensor<1x4xf32>, tensor<?x4xf32>
}

// -----

// merge (c4): the mean of something else
func.func @merge_c4(%x: tensor<?x4xf32>, %p: tensor<1x4xf32>, %m: tensor<1x1xf32>) {
  // expected-error@+1 {{'norm.merge' op must have a mean of the type 'tensor<1x4xf32>', but it is 'tensor<1x1xf32>'}}
  %y = norm.merge moments %p about %m : tensor<1x1xf32> of %x over [0] : tensor<1x4xf32>, tensor<?x4xf32>
}

// -----

// rank (c1)
func.func @rank_c1(%x: tensor<f32>) {
  // expected-error@+1 {{operand 0 must be a tensor of rank 1 to 8 of f16, bf16, f32, f64, i32, i64 or i1, but it is tensor<f32>}}
  %r = norm.rank of %x : tensor<f32>
}

// -----

//===----------------------------------------------------------------------===//
// Types
//===----------------------------------------------------------------------===//

// cast (c1)
func.func @cast_c1(%x: tensor<4xf32>) {
  // expected-error@+1 {{the element type must be f16, bf16, f32, f64, i32, i64 or i1}}
  %y = norm.cast %x : tensor<4xf32> to i8
}

// -----

// cast (c1): unsigned integers are none of the element types.
func.func @cast_c1(%x: tensor<4xf32>) {
  // expected-error@+1 {{the element type must be f16, bf16, f32, f64, i32, i64 or i1}}
  %y = norm.cast %x : tensor<4xf32> to ui32
}

// -----

// cast (c1): an element type is no tensor.
func.func @cast_c1(%x: tensor<4xf32>) {
  // expected-error@+1 {{the element type must be f16, bf16, f32, f64, i32, i64 or i1}}
  %y = norm.cast %x : tensor<4xf32> to tensor<4xf16>
}
