extension Function {
  /// Every function of the language.
  static let all: [Function] =
    text + letterCase + [replace] + encoding + random + choice + multiValued + date + [formatDateTime] + number
    + directory

  static func named(_ name: String) -> Function? {
    byName[name]
  }

  private static let byName = Dictionary(all.map { ($0.name, $0) }) { first, _ in first }
}
