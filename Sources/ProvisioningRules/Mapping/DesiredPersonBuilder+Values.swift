import Expressions
import ProvisioningModel

// What an expression gave, as xMatters wants it.

extension DesiredPersonBuilder {
  /// - Returns: Nil for null and for empty text, which are no values.
  /// - Throws: When there are several values for an attribute that holds one.
  func targetValue(_ value: Value, for attribute: TargetAttribute) throws(Failure) -> TargetValue? {
    if case .property = attribute {
      switch value {
      case .texts(let texts): return texts.isEmpty ? nil : .list(texts)
      case .boolean(let boolean): return .boolean(boolean)
      case .number(let number): return Double(number.text).map { .number($0) }
      default: break
      }
    }
    guard value.texts.count < 2 else {
      throw Failure(
        .escrow, .severalValues,
        "The mapping of \(attribute) gives \(value.texts.count) values, and xMatters takes one.",
        advice: "Choose one of them in the mapping, with Item, Join or SingleAppRoleAssignment.")
    }
    return value.single.map { .text($0) }
  }

  /// The value in xMatters' own terms: names of sites as ids, codes as it spells them.
  /// - Throws: When xMatters cannot have the value. The failure names the value of sites and codes only: others are personal data.
  func resolved(_ value: TargetValue, for attribute: TargetAttribute) throws(Failure) -> TargetValue {
    guard let text = value.text else { return value }
    switch attribute {
    case .site:
      guard let id = surroundings.catalogue.siteID(text) else { throw Self.unknownSite(text) }
      return .text(id)
    case .language: return .text(LanguageCode.xMatters(text))
    case .status: return .text(try Self.choice(text, of: ["ACTIVE", "INACTIVE"], for: attribute))
    case .licenseType: return .text(try Self.choice(text, of: ["FULL_USER", "STAKEHOLDER_USER"], for: attribute))
    case .targetName, .webLogin:
      guard text.utf16.count <= TargetAttribute.longestName else {
        throw Failure(
          .escrow, .badRequest,
          "The value of \(attribute) is longer than xMatters takes: \(text.utf16.count) characters of \(TargetAttribute.longestName).",
          advice: "Shorten the value in the directory, or in the mapping with Mid or Left.")
      }
      return value
    default: return value
    }
  }

  private static func unknownSite(_ name: String) -> Failure {
    Failure(
      .escrow, .schemaAttributeNotFound, "xMatters has no site '\(name)'.",
      advice:
        "Create the site in xMatters, set xmatters.createMissingSites, or correct the mapping of site or xmatters.defaultSite."
    )
  }

  private static func choice(
    _ text: String, of codes: [String], for attribute: TargetAttribute
  ) throws(Failure) -> String {
    let wanted = text.uppercased().replacing(" ", with: "_")
    if let code = codes.first(where: { $0 == wanted }) { return code }
    throw Failure(
      .escrow, .badRequest, "xMatters knows no \(attribute) '\(text)', only \(codes.joined(separator: " and ")).",
      advice: "Correct the mapping of \(attribute), with Switch for instance.")
  }
}

extension TargetAttribute {
  /// Of target name and web login (docs/reference/xmatters-api.md, "Person fields").
  static let longestName = 100
}

/// A language as Entra and as xMatters write it.
enum LanguageCode {
  /// `pt-br` becomes `pt_BR`.
  static func xMatters(_ code: String) -> String {
    let parts = code.split { $0 == "-" || $0 == "_" }
    guard let language = parts.first else { return code }
    let rest = parts.dropFirst().map { $0.count == 2 ? $0.uppercased() : String($0) }
    return ([language.lowercased()] + rest).joined(separator: "_")
  }
}

extension Value {
  /// The one text that the value is, or the one element of a list; nil when null, empty or several.
  var single: String? {
    guard texts.count == 1, let text = texts.first, !text.isEmpty else { return nil }
    if case .roles = self { return nil }
    return text
  }
}
