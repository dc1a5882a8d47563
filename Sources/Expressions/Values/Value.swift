/// What an attribute holds and what an expression gives (docs/reference/expressions.md, "Values").
package enum Value: Sendable, Hashable {
  /// No value: an absent attribute, a Switch without default. Never sent.
  case null
  case text(String)
  /// Multi-valued text.
  case texts([String])
  case number(Number)
  case boolean(Bool)
  case date(DateTime)
  /// The app roles that a user is assigned for the application.
  case roles([AppRole])
  /// The attribute is left out of this write.
  case skip

  /// An app role assignment as Entra hands it to expressions: `{"id", "value", "displayName"}`.
  package struct AppRole: Sendable, Hashable {
    package var id: String
    package var value: String?
    package var displayName: String?

    package init(id: String, value: String?, displayName: String?) {
      self.id = id
      self.value = value
      self.displayName = displayName
    }
  }

  /// A single value as text: numbers in plain digits, `True` or `False`, dates as `M/d/yyyy h:mm:ss tt` in UTC. Nil for
  /// null, skip and everything multi-valued, which `texts` gives.
  package var text: String? {
    switch self {
    case .text(let text): text
    case .number(let number): number.text
    case .boolean(let boolean): boolean ? "True" : "False"
    case .date(let date): date.text
    case .null, .texts, .roles, .skip: nil
    }
  }

  /// Every value as text, in order; a role as the JSON of its SCIM `roles` entry. Empty for null and skip.
  package var texts: [String] {
    switch self {
    case .texts(let texts): texts
    case .roles(let roles): roles.map(\.scimEntry)
    default: text.map { [$0] } ?? []
    }
  }
}
