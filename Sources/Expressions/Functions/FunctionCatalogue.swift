/// What the language offers, for people to read.
package enum FunctionCatalogue {
  /// By name; a signature looks like `Left(text, count)`, optional parameters stand in square brackets.
  package static let signatures: [(name: String, signature: String)] =
    Function.all.map { ($0.name, $0.signature) }.sorted { $0.0 < $1.0 }
}
