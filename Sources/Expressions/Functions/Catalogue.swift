extension Function {
  /// Every function of the language.
  static let all: [Function] =
    text + letterCase + [replace] + encoding + random + choice + multiValued + date + [formatDateTime] + number
    + directory

  static func named(_ name: String) -> Function? {
    byName[name]
  }

  /// Those that give one of their arguments, or a part of it that is there already, and make no text of their own.
  static let choosing: Set<String> = [
    "Coalesce", "IIF", "IgnoreFlowIfNullOrEmpty", "Item", "Redact", "SelectUniqueValue", "Switch",
  ]

  private static let byName = Dictionary(all.map { ($0.name, $0) }) { first, _ in first }
}
