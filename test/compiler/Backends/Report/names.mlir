// Without gradients nothing is saved; what means something to HTML does not on a page.
//
// RUN: normc - --emit=report < %s | FileCheck %s
// CHECK:     <title>standard input</title>
// CHECK-NOT: What the forward saves
// CHECK:     <code>@a&lt;b&gt;&amp;c</code>
// CHECK-NOT: a<b
func.func @"a<b>&c"(%x: tensor<4x8xf32>) -> tensor<4x8xf32> {
  %y = norm.relu %x : tensor<4x8xf32>
  return %y : tensor<4x8xf32>
}
