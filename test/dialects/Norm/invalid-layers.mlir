// What layers refuse: one case for each numbered constraint of each op, in the order of NormLayers.td.
// RUN: normc-opt %s --split-input-file --verify-diagnostics

// batch_norm (c1)
func.func @batch_norm_c1(%x: tensor<4x5xi32>) {
  // expected-error@+1 {{'norm.batch_norm' op operand #0 must be tensor of rank 1 to 8 of f16, bf16, f32 or f64, but got 'tensor<4x5xi32>'}}
  %y = norm.batch_norm %x over [0] : tensor<4x5xi32>
}

// -----

// batch_norm (c1): one element type
func.func @batch_norm_c1(%x: tensor<4x5xf16>, %g: tensor<1x5xf32>) {
  // expected-error@+2 {{operands must have one element type, but operand 1 has 'f32' and operand 0 has 'f16'}}
  // expected-note@+1 {{write norm.cast to convert one of them}}
  %y = norm.batch_norm %x, %g over [0] : tensor<4x5xf16>, tensor<1x5xf32>
}

// -----

// batch_norm (c1): one rank
func.func @batch_norm_c1(%x: tensor<4x5xf32>, %g: tensor<5xf32>) {
  // expected-error@+1 {{operands must have one rank, but operand 1 has rank 1 and operand 0 has rank 2}}
  %y = norm.batch_norm %x, %g over [0] : tensor<4x5xf32>, tensor<5xf32>
}

// -----

// batch_norm (c2)
func.func @batch_norm_c2(%x: tensor<4x5xf32>, %g: tensor<1x5xf32>) {
  // expected-error@+1 {{'norm.batch_norm' op takes at most a scale and a shift after its input, but it has 3 operands there}}
  %y = norm.batch_norm %x, %g, %g, %g over [0] : tensor<4x5xf32>, tensor<1x5xf32>, tensor<1x5xf32>, tensor<1x5xf32>
}

// -----

// batch_norm (c3): the extents differ
func.func @batch_norm_c3(%x: tensor<4x5xf32>, %g: tensor<1x6xf32>) {
  // expected-error@+1 {{extents must agree or be 1, but along axis 1 operand 1 has extent 6 where the operands before it have 5}}
  %y = norm.batch_norm %x, %g over [0] : tensor<4x5xf32>, tensor<1x6xf32>
}

// -----

// batch_norm (c3): the input would be repeated
func.func @batch_norm_c3(%x: tensor<4x1xf32>, %g: tensor<1x6xf32>) {
  // expected-error@+1 {{scale and shift must not repeat the input, but along axis 1 the input's extent is 1 and theirs is not}}
  %y = norm.batch_norm %x, %g over [0] : tensor<4x1xf32>, tensor<1x6xf32>
}

// -----

// batch_norm (c4): no axis
func.func @batch_norm_c4(%x: tensor<4x5xf32>) {
  // expected-error@+1 {{axes must name at least one axis}}
  %y = norm.batch_norm %x over [] : tensor<4x5xf32>
}

// -----

// batch_norm (c4): an axis below 0
func.func @batch_norm_c4(%x: tensor<4x5xf32>) {
  // expected-error@+1 {{axis -1 must be at least 0}}
  %y = norm.batch_norm %x over [0, -1] : tensor<4x5xf32>
}

// -----

// batch_norm (c4): an axis that is not less than the rank
func.func @batch_norm_c4(%x: tensor<4x5xf32>) {
  // expected-error@+1 {{axis 2 must be less than the rank 2}}
  %y = norm.batch_norm %x over [2] : tensor<4x5xf32>
}

// -----

// batch_norm (c4): a repeated axis
func.func @batch_norm_c4(%x: tensor<4x5xf32>) {
  // expected-error@+1 {{axis 1 must not be repeated}}
  %y = norm.batch_norm %x over [1, 1] : tensor<4x5xf32>
}

// -----

// batch_norm (c5): negative
func.func @batch_norm_c5(%x: tensor<4x5xf32>) {
  // expected-error@+1 {{'norm.batch_norm' op must have an eps that is not negative and representable in 'f32', but it is -1.0e-5}}
  %y = norm.batch_norm %x over [0] {eps = -1.0e-5} : tensor<4x5xf32>
}

// -----

// batch_norm (c5): not finite
func.func @batch_norm_c5(%x: tensor<4x5xf32>) {
  // expected-error@+1 {{'norm.batch_norm' op must have an eps that is not negative and representable in 'f32', but it is 0x7FF0000000000000}}
  %y = norm.batch_norm %x over [0] {eps = 0x7FF0000000000000 : f64} : tensor<4x5xf32>
}

// -----

// layer_norm (c1)
func.func @layer_norm_c1(%x: tensor<4x5xi32>) {
  // expected-error@+1 {{'norm.layer_norm' op operand #0 must be tensor of rank 1 to 8 of f16, bf16, f32 or f64, but got 'tensor<4x5xi32>'}}
  %y = norm.layer_norm %x over [0] : tensor<4x5xi32>
}

// -----

// layer_norm (c1): one element type
func.func @layer_norm_c1(%x: tensor<4x5xf16>, %g: tensor<1x5xf32>) {
  // expected-error@+2 {{operands must have one element type, but operand 1 has 'f32' and operand 0 has 'f16'}}
  // expected-note@+1 {{write norm.cast to convert one of them}}
  %y = norm.layer_norm %x, %g over [0] : tensor<4x5xf16>, tensor<1x5xf32>
}

// -----

// layer_norm (c1): one rank
func.func @layer_norm_c1(%x: tensor<4x5xf32>, %g: tensor<5xf32>) {
  // expected-error@+1 {{operands must have one rank, but operand 1 has rank 1 and operand 0 has rank 2}}
  %y = norm.layer_norm %x, %g over [0] : tensor<4x5xf32>, tensor<5xf32>
}

// -----

// layer_norm (c2)
func.func @layer_norm_c2(%x: tensor<4x5xf32>, %g: tensor<1x5xf32>) {
  // expected-error@+1 {{'norm.layer_norm' op takes at most a scale and a shift after its input, but it has 3 operands there}}
  %y = norm.layer_norm %x, %g, %g, %g over [0] : tensor<4x5xf32>, tensor<1x5xf32>, tensor<1x5xf32>, tensor<1x5xf32>
}

// -----

// layer_norm (c3): the extents differ
func.func @layer_norm_c3(%x: tensor<4x5xf32>, %g: tensor<1x6xf32>) {
  // expected-error@+1 {{extents must agree or be 1, but along axis 1 operand 1 has extent 6 where the operands before it have 5}}
  %y = norm.layer_norm %x, %g over [0] : tensor<4x5xf32>, tensor<1x6xf32>
}

// -----

// layer_norm (c3): the input would be repeated
func.func @layer_norm_c3(%x: tensor<4x1xf32>, %g: tensor<1x6xf32>) {
  // expected-error@+1 {{scale and shift must not repeat the input, but along axis 1 the input's extent is 1 and theirs is not}}
  %y = norm.layer_norm %x, %g over [0] : tensor<4x1xf32>, tensor<1x6xf32>
}

// -----

// layer_norm (c4): no axis
func.func @layer_norm_c4(%x: tensor<4x5xf32>) {
  // expected-error@+1 {{axes must name at least one axis}}
  %y = norm.layer_norm %x over [] : tensor<4x5xf32>
}

// -----

// layer_norm (c4): an axis below 0
func.func @layer_norm_c4(%x: tensor<4x5xf32>) {
  // expected-error@+1 {{axis -1 must be at least 0}}
  %y = norm.layer_norm %x over [0, -1] : tensor<4x5xf32>
}

// -----

// layer_norm (c4): an axis that is not less than the rank
func.func @layer_norm_c4(%x: tensor<4x5xf32>) {
  // expected-error@+1 {{axis 2 must be less than the rank 2}}
  %y = norm.layer_norm %x over [2] : tensor<4x5xf32>
}

// -----

// layer_norm (c4): a repeated axis
func.func @layer_norm_c4(%x: tensor<4x5xf32>) {
  // expected-error@+1 {{axis 1 must not be repeated}}
  %y = norm.layer_norm %x over [1, 1] : tensor<4x5xf32>
}

// -----

// layer_norm (c5): negative
func.func @layer_norm_c5(%x: tensor<4x5xf32>) {
  // expected-error@+1 {{'norm.layer_norm' op must have an eps that is not negative and representable in 'f32', but it is -1.0e-5}}
  %y = norm.layer_norm %x over [0] {eps = -1.0e-5} : tensor<4x5xf32>
}

// -----

// layer_norm (c5): not finite
func.func @layer_norm_c5(%x: tensor<4x5xf32>) {
  // expected-error@+1 {{'norm.layer_norm' op must have an eps that is not negative and representable in 'f32', but it is 0x7FF0000000000000}}
  %y = norm.layer_norm %x over [0] {eps = 0x7FF0000000000000 : f64} : tensor<4x5xf32>
}

// -----

// group_norm (c1)
func.func @group_norm_c1(%x: tensor<4x5xi32>) {
  // expected-error@+1 {{'norm.group_norm' op operand #0 must be tensor of rank 1 to 8 of f16, bf16, f32 or f64, but got 'tensor<4x5xi32>'}}
  %y = norm.group_norm %x over [0] : tensor<4x5xi32>
}

// -----

// group_norm (c1): one element type
func.func @group_norm_c1(%x: tensor<4x5xf16>, %g: tensor<1x5xf32>) {
  // expected-error@+2 {{operands must have one element type, but operand 1 has 'f32' and operand 0 has 'f16'}}
  // expected-note@+1 {{write norm.cast to convert one of them}}
  %y = norm.group_norm %x, %g over [0] : tensor<4x5xf16>, tensor<1x5xf32>
}

// -----

// group_norm (c1): one rank
func.func @group_norm_c1(%x: tensor<4x5xf32>, %g: tensor<5xf32>) {
  // expected-error@+1 {{operands must have one rank, but operand 1 has rank 1 and operand 0 has rank 2}}
  %y = norm.group_norm %x, %g over [0] : tensor<4x5xf32>, tensor<5xf32>
}

// -----

// group_norm (c2)
func.func @group_norm_c2(%x: tensor<4x5xf32>, %g: tensor<1x5xf32>) {
  // expected-error@+1 {{'norm.group_norm' op takes at most a scale and a shift after its input, but it has 3 operands there}}
  %y = norm.group_norm %x, %g, %g, %g over [0] : tensor<4x5xf32>, tensor<1x5xf32>, tensor<1x5xf32>, tensor<1x5xf32>
}

// -----

// group_norm (c3): the extents differ
func.func @group_norm_c3(%x: tensor<4x5xf32>, %g: tensor<1x6xf32>) {
  // expected-error@+1 {{extents must agree or be 1, but along axis 1 operand 1 has extent 6 where the operands before it have 5}}
  %y = norm.group_norm %x, %g over [0] : tensor<4x5xf32>, tensor<1x6xf32>
}

// -----

// group_norm (c3): the input would be repeated
func.func @group_norm_c3(%x: tensor<4x1xf32>, %g: tensor<1x6xf32>) {
  // expected-error@+1 {{scale and shift must not repeat the input, but along axis 1 the input's extent is 1 and theirs is not}}
  %y = norm.group_norm %x, %g over [0] : tensor<4x1xf32>, tensor<1x6xf32>
}

// -----

// group_norm (c4): no axis
func.func @group_norm_c4(%x: tensor<4x5xf32>) {
  // expected-error@+1 {{axes must name at least one axis}}
  %y = norm.group_norm %x over [] : tensor<4x5xf32>
}

// -----

// group_norm (c4): an axis below 0
func.func @group_norm_c4(%x: tensor<4x5xf32>) {
  // expected-error@+1 {{axis -1 must be at least 0}}
  %y = norm.group_norm %x over [0, -1] : tensor<4x5xf32>
}

// -----

// group_norm (c4): an axis that is not less than the rank
func.func @group_norm_c4(%x: tensor<4x5xf32>) {
  // expected-error@+1 {{axis 2 must be less than the rank 2}}
  %y = norm.group_norm %x over [2] : tensor<4x5xf32>
}

// -----

// group_norm (c4): a repeated axis
func.func @group_norm_c4(%x: tensor<4x5xf32>) {
  // expected-error@+1 {{axis 1 must not be repeated}}
  %y = norm.group_norm %x over [1, 1] : tensor<4x5xf32>
}

// -----

// group_norm (c5): negative
func.func @group_norm_c5(%x: tensor<4x5xf32>) {
  // expected-error@+1 {{'norm.group_norm' op must have an eps that is not negative and representable in 'f32', but it is -1.0e-5}}
  %y = norm.group_norm %x over [0] {eps = -1.0e-5} : tensor<4x5xf32>
}

// -----

// group_norm (c5): not finite
func.func @group_norm_c5(%x: tensor<4x5xf32>) {
  // expected-error@+1 {{'norm.group_norm' op must have an eps that is not negative and representable in 'f32', but it is 0x7FF0000000000000}}
  %y = norm.group_norm %x over [0] {eps = 0x7FF0000000000000 : f64} : tensor<4x5xf32>
}

// -----

// instance_norm (c1)
func.func @instance_norm_c1(%x: tensor<4x5xi32>) {
  // expected-error@+1 {{'norm.instance_norm' op operand #0 must be tensor of rank 1 to 8 of f16, bf16, f32 or f64, but got 'tensor<4x5xi32>'}}
  %y = norm.instance_norm %x over [0] : tensor<4x5xi32>
}

// -----

// instance_norm (c1): one element type
func.func @instance_norm_c1(%x: tensor<4x5xf16>, %g: tensor<1x5xf32>) {
  // expected-error@+2 {{operands must have one element type, but operand 1 has 'f32' and operand 0 has 'f16'}}
  // expected-note@+1 {{write norm.cast to convert one of them}}
  %y = norm.instance_norm %x, %g over [0] : tensor<4x5xf16>, tensor<1x5xf32>
}

// -----

// instance_norm (c1): one rank
func.func @instance_norm_c1(%x: tensor<4x5xf32>, %g: tensor<5xf32>) {
  // expected-error@+1 {{operands must have one rank, but operand 1 has rank 1 and operand 0 has rank 2}}
  %y = norm.instance_norm %x, %g over [0] : tensor<4x5xf32>, tensor<5xf32>
}

// -----

// instance_norm (c2)
func.func @instance_norm_c2(%x: tensor<4x5xf32>, %g: tensor<1x5xf32>) {
  // expected-error@+1 {{'norm.instance_norm' op takes at most a scale and a shift after its input, but it has 3 operands there}}
  %y = norm.instance_norm %x, %g, %g, %g over [0] : tensor<4x5xf32>, tensor<1x5xf32>, tensor<1x5xf32>, tensor<1x5xf32>
}

// -----

// instance_norm (c3): the extents differ
func.func @instance_norm_c3(%x: tensor<4x5xf32>, %g: tensor<1x6xf32>) {
  // expected-error@+1 {{extents must agree or be 1, but along axis 1 operand 1 has extent 6 where the operands before it have 5}}
  %y = norm.instance_norm %x, %g over [0] : tensor<4x5xf32>, tensor<1x6xf32>
}

// -----

// instance_norm (c3): the input would be repeated
func.func @instance_norm_c3(%x: tensor<4x1xf32>, %g: tensor<1x6xf32>) {
  // expected-error@+1 {{scale and shift must not repeat the input, but along axis 1 the input's extent is 1 and theirs is not}}
  %y = norm.instance_norm %x, %g over [0] : tensor<4x1xf32>, tensor<1x6xf32>
}

// -----

// instance_norm (c4): no axis
func.func @instance_norm_c4(%x: tensor<4x5xf32>) {
  // expected-error@+1 {{axes must name at least one axis}}
  %y = norm.instance_norm %x over [] : tensor<4x5xf32>
}

// -----

// instance_norm (c4): an axis below 0
func.func @instance_norm_c4(%x: tensor<4x5xf32>) {
  // expected-error@+1 {{axis -1 must be at least 0}}
  %y = norm.instance_norm %x over [0, -1] : tensor<4x5xf32>
}

// -----

// instance_norm (c4): an axis that is not less than the rank
func.func @instance_norm_c4(%x: tensor<4x5xf32>) {
  // expected-error@+1 {{axis 2 must be less than the rank 2}}
  %y = norm.instance_norm %x over [2] : tensor<4x5xf32>
}

// -----

// instance_norm (c4): a repeated axis
func.func @instance_norm_c4(%x: tensor<4x5xf32>) {
  // expected-error@+1 {{axis 1 must not be repeated}}
  %y = norm.instance_norm %x over [1, 1] : tensor<4x5xf32>
}

// -----

// instance_norm (c5): negative
func.func @instance_norm_c5(%x: tensor<4x5xf32>) {
  // expected-error@+1 {{'norm.instance_norm' op must have an eps that is not negative and representable in 'f32', but it is -1.0e-5}}
  %y = norm.instance_norm %x over [0] {eps = -1.0e-5} : tensor<4x5xf32>
}

// -----

// instance_norm (c5): not finite
func.func @instance_norm_c5(%x: tensor<4x5xf32>) {
  // expected-error@+1 {{'norm.instance_norm' op must have an eps that is not negative and representable in 'f32', but it is 0x7FF0000000000000}}
  %y = norm.instance_norm %x over [0] {eps = 0x7FF0000000000000 : f64} : tensor<4x5xf32>
}

// -----

// rms_norm (c1)
func.func @rms_norm_c1(%x: tensor<4x5xi32>) {
  // expected-error@+1 {{'norm.rms_norm' op operand #0 must be tensor of rank 1 to 8 of f16, bf16, f32 or f64, but got 'tensor<4x5xi32>'}}
  %y = norm.rms_norm %x over [0] : tensor<4x5xi32>
}

// -----

// rms_norm (c1): one element type
func.func @rms_norm_c1(%x: tensor<4x5xf16>, %g: tensor<1x5xf32>) {
  // expected-error@+2 {{operands must have one element type, but operand 1 has 'f32' and operand 0 has 'f16'}}
  // expected-note@+1 {{write norm.cast to convert one of them}}
  %y = norm.rms_norm %x, %g over [0] : tensor<4x5xf16>, tensor<1x5xf32>
}

// -----

// rms_norm (c1): one rank
func.func @rms_norm_c1(%x: tensor<4x5xf32>, %g: tensor<5xf32>) {
  // expected-error@+1 {{operands must have one rank, but operand 1 has rank 1 and operand 0 has rank 2}}
  %y = norm.rms_norm %x, %g over [0] : tensor<4x5xf32>, tensor<5xf32>
}

// -----

// rms_norm (c2)
func.func @rms_norm_c2(%x: tensor<4x5xf32>, %g: tensor<1x5xf32>) {
  // expected-error@+1 {{'norm.rms_norm' op takes at most a scale and a shift after its input, but it has 3 operands there}}
  %y = norm.rms_norm %x, %g, %g, %g over [0] : tensor<4x5xf32>, tensor<1x5xf32>, tensor<1x5xf32>, tensor<1x5xf32>
}

// -----

// rms_norm (c3): the extents differ
func.func @rms_norm_c3(%x: tensor<4x5xf32>, %g: tensor<1x6xf32>) {
  // expected-error@+1 {{extents must agree or be 1, but along axis 1 operand 1 has extent 6 where the operands before it have 5}}
  %y = norm.rms_norm %x, %g over [0] : tensor<4x5xf32>, tensor<1x6xf32>
}

// -----

// rms_norm (c3): the input would be repeated
func.func @rms_norm_c3(%x: tensor<4x1xf32>, %g: tensor<1x6xf32>) {
  // expected-error@+1 {{scale and shift must not repeat the input, but along axis 1 the input's extent is 1 and theirs is not}}
  %y = norm.rms_norm %x, %g over [0] : tensor<4x1xf32>, tensor<1x6xf32>
}

// -----

// rms_norm (c4): no axis
func.func @rms_norm_c4(%x: tensor<4x5xf32>) {
  // expected-error@+1 {{axes must name at least one axis}}
  %y = norm.rms_norm %x over [] : tensor<4x5xf32>
}

// -----

// rms_norm (c4): an axis below 0
func.func @rms_norm_c4(%x: tensor<4x5xf32>) {
  // expected-error@+1 {{axis -1 must be at least 0}}
  %y = norm.rms_norm %x over [0, -1] : tensor<4x5xf32>
}

// -----

// rms_norm (c4): an axis that is not less than the rank
func.func @rms_norm_c4(%x: tensor<4x5xf32>) {
  // expected-error@+1 {{axis 2 must be less than the rank 2}}
  %y = norm.rms_norm %x over [2] : tensor<4x5xf32>
}

// -----

// rms_norm (c4): a repeated axis
func.func @rms_norm_c4(%x: tensor<4x5xf32>) {
  // expected-error@+1 {{axis 1 must not be repeated}}
  %y = norm.rms_norm %x over [1, 1] : tensor<4x5xf32>
}

// -----

// rms_norm (c5): negative
func.func @rms_norm_c5(%x: tensor<4x5xf32>) {
  // expected-error@+1 {{'norm.rms_norm' op must have an eps that is not negative and representable in 'f32', but it is -1.0e-5}}
  %y = norm.rms_norm %x over [0] {eps = -1.0e-5} : tensor<4x5xf32>
}

// -----

// rms_norm (c5): not finite
func.func @rms_norm_c5(%x: tensor<4x5xf32>) {
  // expected-error@+1 {{'norm.rms_norm' op must have an eps that is not negative and representable in 'f32', but it is 0x7FF0000000000000}}
  %y = norm.rms_norm %x over [0] {eps = 0x7FF0000000000000 : f64} : tensor<4x5xf32>
}

// -----

// rms_norm (c5): 0 in f32
func.func @rms_norm_c5(%x: tensor<4x5xf16>) {
  // expected-error@+1 {{'norm.rms_norm' op must have an eps that is not negative and representable in 'f32', but it is 1.0e-60}}
  %y = norm.rms_norm %x over [0] {eps = 1.0e-60} : tensor<4x5xf16>
}

// -----

// rms_norm (c5): infinite in f32
func.func @rms_norm_c5(%x: tensor<4x5xf32>) {
  // expected-error@+1 {{'norm.rms_norm' op must have an eps that is not negative and representable in 'f32', but it is 1.0e60}}
  %y = norm.rms_norm %x over [0] {eps = 1.0e60} : tensor<4x5xf32>
}

// -----

// softmax (c1)
func.func @softmax_c1(%x: tensor<4xi32>) {
  // expected-error@+1 {{'norm.softmax' op operand #0 must be tensor of rank 1 to 8 of f16, bf16, f32 or f64, but got 'tensor<4xi32>'}}
  %y = norm.softmax %x over [0] : tensor<4xi32>
}

// -----

// softmax (c2): no axis
func.func @softmax_c2(%x: tensor<4x5xf32>) {
  // expected-error@+1 {{axes must name at least one axis}}
  %y = norm.softmax %x over [] : tensor<4x5xf32>
}

// -----

// softmax (c2): an axis below 0
func.func @softmax_c2(%x: tensor<4x5xf32>) {
  // expected-error@+1 {{axis -1 must be at least 0}}
  %y = norm.softmax %x over [0, -1] : tensor<4x5xf32>
}

// -----

// softmax (c2): an axis that is not less than the rank
func.func @softmax_c2(%x: tensor<4x5xf32>) {
  // expected-error@+1 {{axis 2 must be less than the rank 2}}
  %y = norm.softmax %x over [2] : tensor<4x5xf32>
}

// -----

// softmax (c2): a repeated axis
func.func @softmax_c2(%x: tensor<4x5xf32>) {
  // expected-error@+1 {{axis 1 must not be repeated}}
  %y = norm.softmax %x over [1, 1] : tensor<4x5xf32>
}

// -----

// log_softmax (c1)
func.func @log_softmax_c1(%x: tensor<4xi32>) {
  // expected-error@+1 {{'norm.log_softmax' op operand #0 must be tensor of rank 1 to 8 of f16, bf16, f32 or f64, but got 'tensor<4xi32>'}}
  %y = norm.log_softmax %x over [0] : tensor<4xi32>
}

// -----

// log_softmax (c2): no axis
func.func @log_softmax_c2(%x: tensor<4x5xf32>) {
  // expected-error@+1 {{axes must name at least one axis}}
  %y = norm.log_softmax %x over [] : tensor<4x5xf32>
}

// -----

// log_softmax (c2): an axis below 0
func.func @log_softmax_c2(%x: tensor<4x5xf32>) {
  // expected-error@+1 {{axis -1 must be at least 0}}
  %y = norm.log_softmax %x over [0, -1] : tensor<4x5xf32>
}

// -----

// log_softmax (c2): an axis that is not less than the rank
func.func @log_softmax_c2(%x: tensor<4x5xf32>) {
  // expected-error@+1 {{axis 2 must be less than the rank 2}}
  %y = norm.log_softmax %x over [2] : tensor<4x5xf32>
}

// -----

// log_softmax (c2): a repeated axis
func.func @log_softmax_c2(%x: tensor<4x5xf32>) {
  // expected-error@+1 {{axis 1 must not be repeated}}
  %y = norm.log_softmax %x over [1, 1] : tensor<4x5xf32>
}

// -----

// variance (c1)
func.func @variance_c1(%x: tensor<4xi32>) {
  // expected-error@+1 {{'norm.variance' op operand #0 must be tensor of rank 1 to 8 of f16, bf16, f32 or f64, but got 'tensor<4xi32>'}}
  %y = norm.variance %x over [0] : tensor<4xi32>
}

// -----

// variance (c2): no axis
func.func @variance_c2(%x: tensor<4x5xf32>) {
  // expected-error@+1 {{axes must name at least one axis}}
  %y = norm.variance %x over [] : tensor<4x5xf32>
}

// -----

// variance (c2): an axis below 0
func.func @variance_c2(%x: tensor<4x5xf32>) {
  // expected-error@+1 {{axis -1 must be at least 0}}
  %y = norm.variance %x over [0, -1] : tensor<4x5xf32>
}

// -----

// variance (c2): an axis that is not less than the rank
func.func @variance_c2(%x: tensor<4x5xf32>) {
  // expected-error@+1 {{axis 2 must be less than the rank 2}}
  %y = norm.variance %x over [2] : tensor<4x5xf32>
}

// -----

// variance (c2): a repeated axis
func.func @variance_c2(%x: tensor<4x5xf32>) {
  // expected-error@+1 {{axis 1 must not be repeated}}
  %y = norm.variance %x over [1, 1] : tensor<4x5xf32>
}

// -----

// relu (c1)
func.func @relu_c1(%x: tensor<4xi32>) {
  // expected-error@+1 {{'norm.relu' op operand #0 must be tensor of rank 1 to 8 of f16, bf16, f32 or f64, but got 'tensor<4xi32>'}}
  %y = norm.relu %x : tensor<4xi32>
}

// -----

// leaky_relu (c1)
func.func @leaky_relu_c1(%x: tensor<4xi32>) {
  // expected-error@+1 {{'norm.leaky_relu' op operand #0 must be tensor of rank 1 to 8 of f16, bf16, f32 or f64, but got 'tensor<4xi32>'}}
  %y = norm.leaky_relu %x : tensor<4xi32>
}

// -----

// leaky_relu (c2)
func.func @leaky_relu_c2(%x: tensor<4xf32>) {
  // expected-error@+1 {{'norm.leaky_relu' op attribute 'slope' must be representable in 'f32', but it is 0x7FF0000000000000}}
  %y = norm.leaky_relu %x {slope = 0x7FF0000000000000 : f64} : tensor<4xf32>
}

// -----

// leaky_relu (c2): infinite in f32
func.func @leaky_relu_c2(%x: tensor<4xbf16>) {
  // expected-error@+1 {{'norm.leaky_relu' op attribute 'slope' must be representable in 'f32', but it is -1.0e39}}
  %y = norm.leaky_relu %x {slope = -1.0e39} : tensor<4xbf16>
}

// -----

// elu (c1)
func.func @elu_c1(%x: tensor<4xi1>) {
  // expected-error@+1 {{'norm.elu' op operand #0 must be tensor of rank 1 to 8 of f16, bf16, f32 or f64, but got 'tensor<4xi1>'}}
  %y = norm.elu %x : tensor<4xi1>
}

// -----

// elu (c2)
func.func @elu_c2(%x: tensor<4xf32>) {
  // expected-error@+1 {{'norm.elu' op attribute 'alpha' must be representable in 'f32', but it is 0x7FF8000000000000}}
  %y = norm.elu %x {alpha = 0x7FF8000000000000 : f64} : tensor<4xf32>
}

// -----

// silu (c1)
func.func @silu_c1(%x: tensor<4xi64>) {
  // expected-error@+1 {{'norm.silu' op operand #0 must be tensor of rank 1 to 8 of f16, bf16, f32 or f64, but got 'tensor<4xi64>'}}
  %y = norm.silu %x : tensor<4xi64>
}

// -----

// gelu (c1)
func.func @gelu_c1(%x: tensor<4xi64>) {
  // expected-error@+1 {{'norm.gelu' op operand #0 must be tensor of rank 1 to 8 of f16, bf16, f32 or f64, but got 'tensor<4xi64>'}}
  %y = norm.gelu %x : tensor<4xi64>
}
