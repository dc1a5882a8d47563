import Expressions
import PhoneNumbers
import ProvisioningModel

extension DesiredPersonBuilder {
  mutating func applyDevice(_ name: String, _ value: Value, _ mapping: AttributeMapping) {
    guard let kind = surroundings.catalogue.devices[name], kind != .other else {
      desired.warnings.append("xMatters has no e-mail, voice or SMS device named '\(name)': it was left out.")
      return
    }
    if value.texts.count > 1 {
      desired.warnings.append("The source of \(name) has several values: the device was left as it is.")
      return
    }
    var device = DesiredDevice(kind: kind, address: nil, sequence: mapping.sequence, delay: mapping.delay)
    let text = value.single
    if text == nil, mapping.flowsNull, mapping.apply == .always { desired.devices[name] = device }
    guard let written = text ?? mapping.defaultValue else { return }
    guard let address = address(written, of: kind, named: name) else { return }
    device.address = address
    if text == nil || mapping.apply == .onCreate {
      desired.initialDevices[name] = device
    } else {
      desired.devices[name] = device
    }
  }

  /// What is written of an address: as it stands, or in E.164. A number that cannot be told for certain is never guessed, as a page that
  /// rings elsewhere is worse than a device that is missing and reported.
  /// - Returns: Nil, with a warning, when there is none: a device that is there stays as it is.
  private mutating func address(_ written: String, of kind: DeviceKind, named name: String) -> String? {
    guard kind.isPhone else { return written }
    do throws(PhoneNumber.Problem) {
      let number = try PhoneNumber.read(written, home: policy.home)
      if kind == .sms, number.isVoiceOnly {
        desired.warnings.append(
          "The number for \(name) is a fixed line or a service number, which takes no text messages: the device was left as it is."
        )
        return nil
      }
      if !number.isValid {
        desired.warnings.append(
          "The number for \(name) is not in the numbering plan of its country: it was taken as written, check it.")
      }
      return number.e164
    } catch {
      desired.warnings.append("\(error.sentence(name, home: policy.home)): the device was left as it is.")
      return nil
    }
  }
}

extension PhoneNumber.Problem {
  /// Without the number, which is personal data.
  fileprivate func sentence(_ device: String, home: Country?) -> String {
    switch self {
    case .unreadable: "The source of \(device) cannot be read as a telephone number"
    case .several: "The source of \(device) holds more than one number, or text that may be one"
    case .noCountry:
      "The number for \(device) is not in international form (+ and country code), and xmatters.defaultCountry is not set"
    case .incomplete:
      "The number for \(device) is no complete number, \(home.map { "of \($0) or " } ?? "")with + and country code"
    }
  }
}
