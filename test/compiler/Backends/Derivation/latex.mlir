// A derivation as a document for LaTeX, names escaped.
// RUN: normc %s --emit=derivation --format=latex -o %t.tex
// RUN: %python %S/latex.py %t.tex | FileCheck %s --check-prefix=SOUND
// RUN: FileCheck %s --input-file=%t.tex
// RUN: normc %examples/batch_norm.mlir --emit=derivation --format=latex -o %t.example.tex
// RUN: %python %S/latex.py %t.example.tex | FileCheck %s --check-prefix=SOUND
// RUN: normc %examples/softmax_cross_entropy.mlir --emit=derivation --format=latex -o %t.softmax.tex
// RUN: %python %S/latex.py %t.softmax.tex | FileCheck %s --check-prefix=SOUND
// SOUND: balanced

// The check itself sees a brace that is missing, and a name that is not escaped.
// RUN: sed 's/mathit{/mathit/' %t.tex > %t.open.tex
// RUN: not %python %S/latex.py %t.open.tex | FileCheck %s --check-prefix=OPEN
// OPEN: a brace closes what none opened
// RUN: sed 's/\\_/_/g' %t.tex > %t.names.tex
// RUN: not %python %S/latex.py %t.names.tex | FileCheck %s --check-prefix=NAMES
// NAMES: an underscore is not escaped

// The format is a derivation's.
// RUN: not normc %s --emit=graph --format=latex 2>&1 | FileCheck %s --check-prefix=USAGE
// USAGE: normc: error: --format is for --emit=derivation

// CHECK: \documentclass{article}
// CHECK: \section*{@odd\_grad: from the chain rule to the closed form}
// CHECK: \mathit{x\text{-}1} &= \mathit{d\_\$} + \mathit{mu\_.x} &\qquad& \text{rule 4
// CHECK: \mathit{mu\_.x} &= \operatorname*{mean}_{0}\left(\mathit{x\text{-}1}\right)
// CHECK: \subsection*{The closed form}
// CHECK: \mathit{da\$b} &= \sum_{0}\left(
// CHECK: \end{document}
func.func @odd(%x-1: tensor<?x4xf32>, %a$b: tensor<1x4xf32>) -> tensor<?x4xf32> {
  %mu_.x = norm.mean %x-1 over [0] : tensor<?x4xf32>
  %d_$ = norm.sub %x-1, %mu_.x : tensor<?x4xf32>, tensor<1x4xf32>
  %y = norm.mul %d_$, %a$b : tensor<?x4xf32>, tensor<1x4xf32>
  %z = norm.leaky_relu %y {slope = 0.01} : tensor<?x4xf32>
  return %z : tensor<?x4xf32>
}
norm.gradient @odd_grad of @odd wrt [0, 1]
