/// A person to be made, as far as a row of an uploaded file can say it: what xMatters requires of every person, and the devices, which are a
/// request each when people are made one by one. Everything else (language, time zone, properties, supervisors, external key) is
/// written with the request that claims the person afterwards, and is needed in any case.
package struct NewPerson: Hashable, Sendable {
  package struct Device: Hashable, Sendable {
    package var name: String
    package var address: String

    package init(name: String, address: String) {
      self.name = name
      self.address = address
    }
  }

  package var targetName: String
  package var firstName: String
  package var lastName: String
  /// By its name.
  package var site: String
  package var roles: [String]
  /// At least one, in the order in which they are tried.
  package var devices: [Device]

  package init(
    targetName: String, firstName: String, lastName: String, site: String, roles: [String], devices: [Device]
  ) {
    self.targetName = targetName
    self.firstName = firstName
    self.lastName = lastName
    self.site = site
    self.roles = roles
    self.devices = devices
  }
}
