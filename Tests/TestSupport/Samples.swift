package import ProvisioningModel

extension ObjectID {
  /// The same number, the same object; users, groups and roles take numbers from ranges of their own.
  package static func sample(_ number: Int) -> ObjectID {
    let digits = String(number)
    return ObjectID("00000000-0000-0000-0000-" + String(repeating: "0", count: max(0, 12 - digits.count)) + digits)
  }
}

extension DirectoryUser {
  /// A user with everything that the default mappings read; `changing` adjusts it.
  package static func sample(
    _ number: Int, name: String = "user", enabled: Bool = true, manager: Int? = nil,
    changing: [String: AttributeValue?] = [:]
  ) -> DirectoryUser {
    var attributes: [String: AttributeValue] = [
      "userPrincipalName": .text("\(name)\(number)@example.org"),
      "displayName": .text("Given\(number) Surname\(number)"),
      "givenName": .text("Given\(number)"),
      "surname": .text("Surname\(number)"),
      "mail": .text("\(name)\(number)@mail.example.org"),
      "mobilePhone": .text("+44 20 7946 \(1000 + number % 9000)"),
      "preferredLanguage": .text("en"),
    ]
    for (attribute, value) in changing {
      attributes[attribute] = value
    }
    return DirectoryUser(
      id: .sample(number), accountEnabled: enabled, attributes: attributes, manager: manager.map { .sample($0) })
  }
}

extension Application {
  package static let sample = Application(
    id: .sample(900), displayName: "xMatters",
    roles: [
      AppRole(id: .sample(901), value: "admin", displayName: "Administrators"),
      AppRole(id: .sample(902), value: nil, displayName: "Operators"),
      AppRole(id: .sample(903), value: "viewer", displayName: "Viewers"),
    ])
}

extension Catalogue {
  /// Sites `Default Site` and `Harbour`, three roles, and the usual device names.
  package static let sample = Catalogue(
    sites: ["Default Site": "site-default", "Harbour": "site-harbour"],
    roles: ["Standard User", "Group Supervisor", "Company Admin"],
    devices: [
      "Work Email": .email, "Home Email": .email, "Work Phone": .voice, "Mobile Phone": .voice, "SMS Phone": .sms,
      "Pager": .other,
    ])
}
