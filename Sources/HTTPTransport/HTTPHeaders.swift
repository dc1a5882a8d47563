/// Header fields in order; names are compared without letter case.
package struct HTTPHeaders: Hashable, Sendable, ExpressibleByDictionaryLiteral {
  private struct Field: Hashable, Sendable {
    var name: String
    var value: String
  }

  private var fields: [Field] = []

  package init() {}

  package init(dictionaryLiteral elements: (String, String)...) {
    fields = elements.map { Field(name: $0.0, value: $0.1) }
  }

  /// The first value of this name.
  package subscript(name: String) -> String? {
    fields.first { Self.isSame($0.name, name) }?.value
  }

  package func values(for name: String) -> [String] {
    fields.filter { Self.isSame($0.name, name) }.map(\.value)
  }

  package mutating func append(_ name: String, _ value: String) {
    fields.append(Field(name: name, value: value))
  }

  /// Replaces every value of this name.
  package mutating func set(_ name: String, _ value: String) {
    fields.removeAll { Self.isSame($0.name, name) }
    append(name, value)
  }

  package var all: [(name: String, value: String)] {
    fields.map { ($0.name, $0.value) }
  }

  private static func isSame(_ left: String, _ right: String) -> Bool {
    left.utf8.count == right.utf8.count && left.lowercased() == right.lowercased()
  }
}
