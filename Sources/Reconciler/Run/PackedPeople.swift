import ProvisioningModel
import ProvisioningRules

/// A listing of people as bytes, found by id or name: some 400 bytes a person instead of several thousand. Each person is handed out
/// once. Pure.
struct PackedPeople: Sendable {
  enum Answer: Hashable, Sendable {
    case found(Person)
    case absent
    /// It was handed out before.
    case taken
  }

  /// Empty for one that was handed out.
  private var packed: [[UInt8]] = []
  /// From the hash of an id or a name. That two have one hash is so rare that the second is treated as handed out.
  private var index: [UInt64: UInt32] = [:]
  private var strings = SharedTexts()
  private let indexesDevices: Bool

  /// - Parameter indexingDevices: People are found by the ids of their devices too.
  init(indexingDevices: Bool = false) {
    indexesDevices = indexingDevices
  }

  var count: Int { packed.count }

  mutating func add(_ person: Person) {
    let number = UInt32(packed.count)
    packed.append(PersonWriter.pack(person, sharing: &strings))
    index[Self.hash(person.id)] = number
    for attribute in [TargetAttribute.targetName, .webLogin] {
      if let name = person.attributes[attribute]?.text { index[Self.hash(attribute, name)] = number }
    }
    guard indexesDevices else { return }
    for device in person.devices { index[Self.hash(device: device.id)] = number }
  }

  func contains(_ id: PersonID) -> Bool {
    index[Self.hash(id)] != nil
  }

  /// Whether a person has this target name or web login.
  func contains(name: String) -> Bool {
    index[Self.hash(.targetName, name)] != nil || index[Self.hash(.webLogin, name)] != nil
  }

  mutating func take(_ id: PersonID) -> Answer {
    take(Self.hash(id)) { $0.id == id }
  }

  /// - Parameter attribute: `targetName` or `webLogin`; letter case does not count.
  mutating func take(where attribute: TargetAttribute, equals name: String) -> Answer {
    take(Self.hash(attribute, name)) { $0.attributes[attribute]?.text?.lowercased() == name.lowercased() }
  }

  /// The owner of a device.
  mutating func take(device id: String) -> Answer {
    take(Self.hash(device: id)) { person in person.devices.contains { $0.id == id } }
  }

  private mutating func take(_ hash: UInt64, _ isMeant: (Person) -> Bool) -> Answer {
    guard let number = index[hash] else { return .absent }
    let bytes = packed[Int(number)]
    guard !bytes.isEmpty else { return .taken }
    guard let person = PersonReader.unpack(bytes, sharing: strings), isMeant(person) else { return .taken }
    packed[Int(number)] = []
    return .found(person)
  }

  private static func hash(_ id: PersonID) -> UInt64 {
    var hash = StableHash()
    hash.combine("id")
    hash.combine(id.rawValue)
    return hash.value
  }

  private static func hash(device id: String) -> UInt64 {
    var hash = StableHash()
    hash.combine("device")
    hash.combine(id)
    return hash.value
  }

  private static func hash(_ attribute: TargetAttribute, _ name: String) -> UInt64 {
    var hash = StableHash()
    hash.combine(attribute.description)
    hash.combine(name.lowercased())
    return hash.value
  }
}
