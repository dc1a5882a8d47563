/// The language codes that this xMatters has refused. It has no call that lists the enabled ones, so a refusal is the only way to learn
/// (contract, section 5: a language is tried by its first part, otherwise left out).
package actor LanguageBook {
  private static let capacity = 500
  private var refused: Set<String> = []

  package init() {}

  /// What to try, best first; nil is "without a language".
  package func candidates(for code: String) -> [String?] {
    var codes = [code]
    if let part = code.split(separator: "_").first, part.count < code.count {
      codes.append(String(part))
    }
    return codes.filter { !refused.contains($0) } + [nil]
  }

  package func refuse(_ code: String) {
    guard refused.count < Self.capacity else { return }
    refused.insert(code)
  }
}
