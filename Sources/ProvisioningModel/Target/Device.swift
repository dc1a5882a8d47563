/// A device of a person: one way to reach them. Its name is unique within its owner.
package struct Device: Hashable, Sendable {
  package var id: String
  package var name: String
  package var kind: DeviceKind
  /// The e-mail address or the E.164 number, blanks removed.
  package var address: String
  /// Its place in the order in which a person's devices are tried, 1 first; nil when xMatters does not tell.
  package var sequence: Int?
  /// Minutes between the device before it and this one.
  package var delay: Int?

  package init(
    id: String, name: String, kind: DeviceKind, address: String, sequence: Int? = nil, delay: Int? = nil
  ) {
    self.id = id
    self.name = name
    self.kind = kind
    self.address = address
    self.sequence = sequence
    self.delay = delay
  }
}

/// What is written of a device; nil is left as it is.
package struct DeviceValues: Hashable, Sendable {
  package var address: String?
  package var sequence: Int?
  package var delay: Int?

  package init(address: String? = nil, sequence: Int? = nil, delay: Int? = nil) {
    self.address = address
    self.sequence = sequence
    self.delay = delay
  }

  package var isEmpty: Bool { self == DeviceValues() }
}

/// The device types of xMatters that hold an address (docs/reference/xmatters-api.md, "Devices").
package enum DeviceKind: String, Hashable, Sendable {
  case email = "EMAIL"
  case voice = "VOICE"
  case sms = "TEXT_PHONE"
  /// Any other type: left alone.
  case other = "OTHER"

  package var isPhone: Bool { self == .voice || self == .sms }
}
