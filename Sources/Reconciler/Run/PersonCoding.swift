import ProvisioningModel

// People to bytes and back, within one process: the form is private to it.

/// Texts that many people have in common, such as roles and time zones, each kept once.
struct SharedTexts: Sendable {
  private var texts: [String] = []
  private var numbers: [String: Int] = [:]

  mutating func number(of text: String) -> Int {
    if let number = numbers[text] { return number }
    texts.append(text)
    numbers[text] = texts.count - 1
    return texts.count - 1
  }

  subscript(_ number: Int) -> String? {
    texts.indices.contains(number) ? texts[number] : nil
  }
}

private let fixedAttributes = TargetAttribute.scalars + [.roles, .supervisors]
private let propertyTag = fixedAttributes.count
private let deviceTag = propertyTag + 1

private enum ValueTag {
  static let text = 0, sharedText = 1, list = 2, no = 3, yes = 4, number = 5, null = 6
}

struct PersonWriter: ~Copyable {
  private var bytes: [UInt8] = []

  static func pack(_ person: Person, sharing texts: inout SharedTexts) -> [UInt8] {
    var writer = PersonWriter()
    writer.bytes.reserveCapacity(512)
    writer.write(person, &texts)
    // Without the room that was left for more.
    return Array(writer.bytes[...])
  }

  private mutating func write(_ person: Person, _ texts: inout SharedTexts) {
    write(person.id.rawValue)
    write(person.externalKey == nil ? 0 : 1)
    if let key = person.externalKey { write(key) }
    write(person.attributes.count)
    for (attribute, value) in person.attributes {
      write(attribute, &texts)
      write(value, isShared: attribute.isOftenEqual, &texts)
    }
    write(person.devices.count)
    for device in person.devices {
      write(device.id)
      write(texts.number(of: device.name))
      write(texts.number(of: device.kind.rawValue))
      write(device.address)
      for place in [device.sequence, device.delay] {
        write(place == nil ? 0 : 1)
        if let place { write(place) }
      }
    }
  }

  private mutating func write(_ attribute: TargetAttribute, _ texts: inout SharedTexts) {
    switch attribute {
    case .property(let name):
      write(propertyTag)
      write(texts.number(of: name))
    case .device(let name):
      write(deviceTag)
      write(texts.number(of: name))
    default:
      write(fixedAttributes.firstIndex(of: attribute) ?? 0)
    }
  }

  private mutating func write(_ value: TargetValue, isShared: Bool, _ texts: inout SharedTexts) {
    switch value {
    case .text(let text) where isShared:
      write(ValueTag.sharedText)
      write(texts.number(of: text))
    case .text(let text):
      write(ValueTag.text)
      write(text)
    case .list(let list):
      write(ValueTag.list)
      write(list.count)
      for text in list { write(texts.number(of: text)) }
    case .boolean(let boolean): write(boolean ? ValueTag.yes : ValueTag.no)
    case .number(let number):
      write(ValueTag.number)
      for shift in stride(from: 0, to: 64, by: 8) {
        bytes.append(UInt8(truncatingIfNeeded: number.bitPattern >> shift))
      }
    case .null: write(ValueTag.null)
    }
  }

  private mutating func write(_ text: String) {
    write(text.utf8.count)
    bytes.append(contentsOf: text.utf8)
  }

  /// Seven bits a byte, the lowest first; the eighth says that more follow.
  private mutating func write(_ number: Int) {
    var rest = UInt(bitPattern: number)
    while rest > 127 {
      bytes.append(UInt8(rest & 127) | 128)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }
}

struct PersonReader {
  private struct Malformed: Error {}

  private var rest: ArraySlice<UInt8>
  private let texts: SharedTexts

  /// - Returns: Nil for bytes that `PersonWriter` did not make with these texts.
  static func unpack(_ bytes: [UInt8], sharing texts: SharedTexts) -> Person? {
    var reader = PersonReader(rest: bytes[...], texts: texts)
    return try? reader.person()
  }

  private mutating func person() throws(Malformed) -> Person {
    let id = PersonID(try text())
    let key = try number() == 0 ? nil : try text()
    var person = Person(id: id, externalKey: key, attributes: [:], devices: [])
    for _ in 0..<(try number()) {
      let attribute = try attribute()
      person.attributes[attribute] = try value()
    }
    for _ in 0..<(try number()) {
      let (id, name, kind) = (try text(), try sharedText(), try sharedText())
      var device = Device(id: id, name: name, kind: DeviceKind(rawValue: kind) ?? .other, address: try text())
      device.sequence = try number() == 0 ? nil : try number()
      device.delay = try number() == 0 ? nil : try number()
      person.devices.append(device)
    }
    return person
  }

  private mutating func attribute() throws(Malformed) -> TargetAttribute {
    switch try number() {
    case propertyTag: return .property(try sharedText())
    case deviceTag: return .device(try sharedText())
    case let number where fixedAttributes.indices.contains(number): return fixedAttributes[number]
    default: throw Malformed()
    }
  }

  private mutating func value() throws(Malformed) -> TargetValue {
    switch try number() {
    case ValueTag.text: return .text(try text())
    case ValueTag.sharedText: return .text(try sharedText())
    case ValueTag.list:
      var list: [String] = []
      for _ in 0..<(try number()) { list.append(try sharedText()) }
      return .list(list)
    case ValueTag.no: return .boolean(false)
    case ValueTag.yes: return .boolean(true)
    case ValueTag.number:
      var bits: UInt64 = 0
      for shift in stride(from: 0, to: 64, by: 8) { bits |= UInt64(try byte()) << UInt64(shift) }
      return .number(Double(bitPattern: bits))
    case ValueTag.null: return .null
    default: throw Malformed()
    }
  }

  private mutating func sharedText() throws(Malformed) -> String {
    guard let text = texts[try number()] else { throw Malformed() }
    return text
  }

  private mutating func text() throws(Malformed) -> String {
    let count = try number()
    guard count >= 0, count <= rest.count else { throw Malformed() }
    defer { rest = rest.dropFirst(count) }
    return String(decoding: rest.prefix(count), as: UTF8.self)
  }

  private mutating func number() throws(Malformed) -> Int {
    var number: UInt = 0
    for shift in stride(from: UInt(0), to: 64, by: 7) {
      let byte = try byte()
      number |= UInt(byte & 127) << shift
      if byte < 128 { return Int(bitPattern: number) }
    }
    throw Malformed()
  }

  private mutating func byte() throws(Malformed) -> UInt8 {
    guard let byte = rest.popFirst() else { throw Malformed() }
    return byte
  }
}

extension TargetAttribute {
  /// Whether few values serve many people.
  fileprivate var isOftenEqual: Bool {
    switch self {
    case .status, .language, .timezone, .site, .licenseType: true
    default: false
    }
  }
}
