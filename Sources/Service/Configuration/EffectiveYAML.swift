import Yams

/// Writes the values that a configuration amounts to.
enum EffectiveYAML {
  static func text(_ values: [(path: String, value: Node)]) -> String {
    var root = Node.Mapping([])
    for (path, value) in values {
      insert(value, at: path.split(separator: ".").map(String.init)[...], into: &root)
    }
    return (try? Yams.serialize(node: .mapping(root), width: -1, allowUnicode: true)) ?? ""
  }

  private static func insert(_ value: Node, at path: ArraySlice<String>, into mapping: inout Node.Mapping) {
    guard let first = path.first else { return }
    let key = Node(first)
    if path.count == 1 {
      mapping[key] = value
      return
    }
    var child = mapping[key]?.mapping ?? Node.Mapping([])
    insert(value, at: path.dropFirst(), into: &child)
    mapping[key] = .mapping(child)
  }
}
