/** Zones that Rails calls by their city: `Madrid` for Europe/Madrid, `Hong Kong` for Asia/Hong_Kong. */
const BY_CITY = [
  "Africa/Cairo", "Africa/Casablanca", "Africa/Harare", "Africa/Monrovia", "Africa/Nairobi",
  "America/Asuncion", "America/Bogota", "America/Caracas", "America/Chihuahua", "America/La_Paz", "America/Lima", "America/Mazatlan", "America/Mexico_City",
  "America/Monterrey", "America/Montevideo", "America/Puerto_Rico", "America/Santiago", "America/Tijuana", "America/Argentina/Buenos_Aires",
  "Asia/Almaty", "Asia/Baghdad", "Asia/Baku", "Asia/Bangkok", "Asia/Chongqing", "Asia/Dhaka", "Asia/Hong_Kong", "Asia/Irkutsk", "Asia/Jakarta", "Asia/Jerusalem",
  "Asia/Kabul", "Asia/Kamchatka", "Asia/Karachi", "Asia/Kathmandu", "Asia/Kolkata", "Asia/Krasnoyarsk", "Asia/Kuala_Lumpur", "Asia/Kuwait", "Asia/Magadan",
  "Asia/Muscat", "Asia/Novosibirsk", "Asia/Rangoon", "Asia/Riyadh", "Asia/Seoul", "Asia/Singapore", "Asia/Srednekolymsk", "Asia/Taipei", "Asia/Tashkent",
  "Asia/Tbilisi", "Asia/Tehran", "Asia/Tokyo", "Asia/Ulaanbaatar", "Asia/Urumqi", "Asia/Vladivostok", "Asia/Yakutsk", "Asia/Yerevan",
  "Atlantic/Azores",
  "Australia/Adelaide", "Australia/Brisbane", "Australia/Canberra", "Australia/Darwin", "Australia/Hobart", "Australia/Melbourne", "Australia/Perth", "Australia/Sydney",
  "Europe/Amsterdam", "Europe/Athens", "Europe/Belgrade", "Europe/Berlin", "Europe/Bratislava", "Europe/Brussels", "Europe/Bucharest", "Europe/Budapest",
  "Europe/Copenhagen", "Europe/Dublin", "Europe/Helsinki", "Europe/Istanbul", "Europe/Kaliningrad", "Europe/Lisbon", "Europe/Ljubljana", "Europe/London",
  "Europe/Madrid", "Europe/Minsk", "Europe/Moscow", "Europe/Paris", "Europe/Prague", "Europe/Riga", "Europe/Rome", "Europe/Samara", "Europe/Sarajevo",
  "Europe/Skopje", "Europe/Sofia", "Europe/Stockholm", "Europe/Tallinn", "Europe/Vienna", "Europe/Vilnius", "Europe/Volgograd", "Europe/Warsaw", "Europe/Zagreb",
  "Europe/Zurich",
  "Pacific/Auckland", "Pacific/Fiji", "Pacific/Guam", "Pacific/Port_Moresby",
];

/** Zones that Rails calls otherwise. */
const BY_NAME: Readonly<Record<string, string>> = {
  "International Date Line West": "Etc/GMT+12", "Midway Island": "Pacific/Midway", "American Samoa": "Pacific/Pago_Pago", Hawaii: "Pacific/Honolulu",
  Alaska: "America/Juneau", "Pacific Time (US & Canada)": "America/Los_Angeles", "Mountain Time (US & Canada)": "America/Denver", Arizona: "America/Phoenix",
  "Central Time (US & Canada)": "America/Chicago", Saskatchewan: "America/Regina", Guadalajara: "America/Mexico_City", "Central America": "America/Guatemala",
  "Eastern Time (US & Canada)": "America/New_York", "Indiana (East)": "America/Indiana/Indianapolis", Quito: "America/Lima",
  "Atlantic Time (Canada)": "America/Halifax", Newfoundland: "America/St_Johns", Brasilia: "America/Sao_Paulo", Georgetown: "America/Guyana",
  Greenland: "America/Nuuk", "Mid-Atlantic": "Atlantic/South_Georgia", "Cape Verde Is.": "Atlantic/Cape_Verde", UTC: "Etc/UTC", Edinburgh: "Europe/London",
  Bern: "Europe/Zurich", "West Central Africa": "Africa/Algiers", Kyiv: "Europe/Kiev", Pretoria: "Africa/Johannesburg", "St. Petersburg": "Europe/Moscow",
  "Abu Dhabi": "Asia/Muscat", Ekaterinburg: "Asia/Yekaterinburg", Islamabad: "Asia/Karachi", Chennai: "Asia/Kolkata", Mumbai: "Asia/Kolkata",
  "New Delhi": "Asia/Kolkata", "Sri Jayawardenepura": "Asia/Colombo", Astana: "Asia/Almaty", Hanoi: "Asia/Bangkok", Beijing: "Asia/Shanghai",
  "Ulaan Bataar": "Asia/Ulaanbaatar", Osaka: "Asia/Tokyo", Sapporo: "Asia/Tokyo", "Solomon Is.": "Pacific/Guadalcanal", "New Caledonia": "Pacific/Noumea",
  "Marshall Is.": "Pacific/Majuro", Wellington: "Pacific/Auckland", "Nuku'alofa": "Pacific/Tongatapu", "Tokelau Is.": "Pacific/Fakaofo",
  "Chatham Is.": "Pacific/Chatham", Samoa: "Pacific/Apia",
};

const cityOf = (zone: string) => zone.slice(zone.lastIndexOf("/") + 1).replaceAll("_", " ");

/** The names that Rails gives to time zones, and theirs in the tz database (activesupport: values/time_zone.rb). */
export const RAILS_TIME_ZONES: ReadonlyMap<string, string> = new Map([...BY_CITY.map((zone) => [cityOf(zone), zone] as const), ...Object.entries(BY_NAME)]);
