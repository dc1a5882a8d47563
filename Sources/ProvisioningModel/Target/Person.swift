/// The id of a person in xMatters: a UUID as the service writes it.
package struct PersonID: Hashable, Sendable, CustomStringConvertible {
  package let rawValue: String

  package init(_ rawValue: String) {
    self.rawValue = rawValue
  }

  package var description: String { rawValue }
}

/// A person as xMatters describes it (docs/reference/xmatters-api.md, "Person fields"), with its devices.
package struct Person: Hashable, Sendable {
  package var id: PersonID
  package var externalKey: String?
  /// Scalars, roles (names), supervisors (ids), the site (its id) and properties; what xMatters leaves out has no entry.
  /// Devices are not here.
  package var attributes: [TargetAttribute: TargetValue]
  package var devices: [Device]

  package init(
    id: PersonID, externalKey: String?, attributes: [TargetAttribute: TargetValue], devices: [Device]
  ) {
    self.id = id
    self.externalKey = externalKey
    self.attributes = attributes
    self.devices = devices
  }

  package var targetName: String? { attributes[.targetName]?.text }
}

/// What a mapping can write, named as in the configuration.
package enum TargetAttribute: Hashable, Sendable, CustomStringConvertible {
  case targetName, firstName, lastName, webLogin, status, language, timezone, site, licenseType, phoneLogin
  case roles, supervisors
  case property(String)
  case device(String)

  package static let scalars: [TargetAttribute] = [
    .targetName, .firstName, .lastName, .webLogin, .status, .language, .timezone, .site, .licenseType, .phoneLogin,
  ]

  /// Nil when the text names nothing that Rollcall can write.
  package init?(_ text: String) {
    if let known = (Self.scalars + [.roles, .supervisors]).first(where: { $0.description == text }) {
      self = known
    } else if let name = text.suffix(after: "properties.") {
      self = .property(name)
    } else if let name = text.suffix(after: "devices.") {
      self = .device(name)
    } else {
      return nil
    }
  }

  package var description: String {
    switch self {
    case .targetName: "targetName"
    case .firstName: "firstName"
    case .lastName: "lastName"
    case .webLogin: "webLogin"
    case .status: "status"
    case .language: "language"
    case .timezone: "timezone"
    case .site: "site"
    case .licenseType: "licenseType"
    case .phoneLogin: "phoneLogin"
    case .roles: "roles"
    case .supervisors: "supervisors"
    case .property(let name): "properties.\(name)"
    case .device(let name): "devices.\(name)"
    }
  }
}

/// A value to be written, or read, on the target side.
package enum TargetValue: Hashable, Sendable {
  case text(String)
  case list([String])
  case boolean(Bool)
  case number(Double)
  /// The value is taken away.
  case null

  package var text: String? {
    if case .text(let text) = self { text } else { nil }
  }

  package var list: [String]? {
    if case .list(let list) = self { list } else { nil }
  }
}

/// The values of a person's `status`.
package enum PersonStatus {
  package static let active = TargetValue.text("ACTIVE")
  package static let inactive = TargetValue.text("INACTIVE")
}

extension String {
  fileprivate func suffix(after prefix: String) -> String? {
    guard hasPrefix(prefix), count > prefix.count else { return nil }
    return String(dropFirst(prefix.count))
  }
}
