// Results that are written over their arguments, and their gradients, which have the results only. check_in_place.py holds each
// function against itself without norm.inplace.
!batch    = tensor<?x24xf32>
!features = tensor<1x24xf32>
!scalar   = tensor<1x1xf32>
!images   = tensor<4x6x5x5xf32>
!channels = tensor<1x6x1x1xf32>

// Without an activation.
func.func @plain(%x: !batch, %gamma: !features, %beta: !features) -> (!batch {norm.inplace = 0 : i64}) {
  %y = norm.batch_norm %x, %gamma, %beta over [0] {eps = 1.0e-5} : !batch, !features, !features
  return %y : !batch
}
norm.gradient @plain_grad of @plain wrt [0, 1, 2]

// The nine steps, and an activation that is written in another way: below 0.5 half as steep.
func.func @steps(%x: !batch, %gamma: !features, %beta: !features) -> (!batch {norm.inplace = 0 : i64}) {
  %mu     = norm.mean %x over [0] : !batch
  %xmu    = norm.sub %x, %mu : !batch, !features
  %sq     = norm.square %xmu : !batch
  %var    = norm.mean %sq over [0] : !batch
  %eps    = norm.constant 1.0e-5 : !scalar
  %vareps = norm.add %var, %eps : !features, !scalar
  %ivar   = norm.rsqrt %vareps : !features
  %xhat   = norm.mul %xmu, %ivar : !batch, !features
  %gammax = norm.mul %gamma, %xhat : !features, !batch
  %y      = norm.add %gammax, %beta : !batch, !features
  %half   = norm.constant 0.5 : !scalar
  %less   = norm.mul %half, %y : !scalar, !batch
  %offset = norm.constant 0.25 : !scalar
  %below  = norm.add %less, %offset : !batch, !scalar
  %low    = norm.compare le %y, %half : !batch, !scalar
  %out    = norm.select %low, %below, %y : tensor<?x24xi1>, !batch, !batch
  return %out : !batch
}
norm.gradient @steps_grad of @steps wrt [0, 1, 2]

// Falling pieces: less where x is more.
func.func @falling(%x: !batch, %gamma: !features, %beta: !features) -> (!batch {norm.inplace = 0 : i64}) {
  %y    = norm.layer_norm %x, %gamma, %beta over [1] {eps = 1.0e-5} : !batch, !features, !features
  %z    = norm.leaky_relu %y {slope = 0.25} : !batch
  %out  = norm.neg %z : !batch
  return %out : !batch
}
norm.gradient @falling_grad of @falling wrt [0, 1, 2]

// Planes of images, a residual that is there, and state that is written once.
func.func @training(%x: !images, %gamma: !channels, %beta: !channels, %residual: !images, %running: !channels)
    -> (!images {norm.inplace = 0 : i64}, !channels {norm.updates = 4 : i64}) {
  %mu  = norm.mean %x over [0, 2, 3] : !images
  %y   = norm.batch_norm %x, %gamma, %beta over [0, 2, 3] {eps = 1.0e-5} : !images, !channels, !channels
  %z   = norm.leaky_relu %y {slope = 0.1} : !images
  %out = norm.add %z, %residual : !images, !images
  %momentum = norm.constant 0.9 : tensor<1x1x1x1xf32>
  %rest     = norm.constant 0.1 : tensor<1x1x1x1xf32>
  %old = norm.mul %momentum, %running : tensor<1x1x1x1xf32>, !channels
  %now = norm.mul %rest, %mu : tensor<1x1x1x1xf32>, !channels
  %new = norm.add %old, %now : !channels, !channels
  return %out, %new : !images, !channels
}
norm.gradient @training_grad of @training wrt [0, 1, 2, 3]

// The scale is computed, and must be different from 0 all the same.
func.func @computed(%x: !batch, %weight: !features) -> (!batch {norm.inplace = 0 : i64}) {
  %one   = norm.constant 1.0 : !scalar
  %scale = norm.add %one, %weight : !scalar, !features
  %n     = norm.rms_norm %x over [1] {eps = 1.0e-6} : !batch
  %out   = norm.mul %n, %scale : !batch, !features
  return %out : !batch
}
norm.gradient @computed_grad of @computed wrt [0, 1]

// Two of them, one of which is needed to recover the other; a third result reads what is written over.
func.func @both(%a: !batch, %b: !batch) -> (!batch {norm.inplace = 0 : i64}, !batch {norm.inplace = 1 : i64}, !batch) {
  %e   = norm.exp %b : !batch
  %two = norm.constant 2.0 : !scalar
  %s   = norm.add %a, %b : !batch, !batch
  %m   = norm.mean %a over [1] : !batch
  %u   = norm.mul %s, %two : !batch, !scalar
  %t   = norm.mul %a, %b : !batch, !batch
  return %u, %e, %t : !batch, !batch, !batch
}
norm.gradient @both_grad of @both wrt [0, 1]

// Arguments that change places, and a narrow one.
func.func @exchange(%a: !features, %b: !features, %c: !features, %x: !batch)
    -> (!features {norm.inplace = 1 : i64}, !features {norm.inplace = 0 : i64}, !features {norm.inplace = 2 : i64}, !batch) {
  %d = norm.mean %x over [0] : !batch
  %e = norm.add %d, %c : !features, !features
  %y = norm.mul %x, %c : !batch, !features
  return %a, %b, %e, %y : !features, !features, !features, !batch
}

// What it is computed from is read by what comes later.
func.func @late(%x: !batch) -> (!batch {norm.inplace = 0 : i64}, !features, !batch) {
  %mu  = norm.mean %x over [0] : !batch
  %y   = norm.sub %x, %mu : !batch, !features
  %row = norm.max_over %y over [1] : !batch
  %z   = norm.mul %x, %row : !batch, tensor<?x1xf32>
  %end = norm.mean %z over [0] : !batch
  return %y, %end, %x : !batch, !features, !batch
}
