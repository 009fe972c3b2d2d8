// Draws each [data-map]: tiles, the outline of a grid, points by name. Without tiles there is no such element.
const ink = getComputedStyle(document.documentElement).getPropertyValue("--accent").trim() || "#1f4e79";

for (const place of document.querySelectorAll("[data-map]")) {
  const { tiles, attribution, shape, points, closer, farther } = place.dataset;
  const map = L.map(place, { zoomControl: false, scrollWheelZoom: false });
  map.attributionControl.setPrefix(false);
  L.control.zoom({ zoomInTitle: closer, zoomOutTitle: farther }).addTo(map);
  L.tileLayer(tiles, { attribution: plain(attribution), maxZoom: 19 }).addTo(map);
  const drawn = L.featureGroup().addTo(map);
  if (shape) L.geoJSON(JSON.parse(shape), { style: { color: ink, weight: 2, fillOpacity: 0.1 } }).addTo(drawn);
  for (const [name, latitude, longitude] of JSON.parse(points)) {
    const words = document.createElement("span");
    words.textContent = name;
    L.circleMarker([latitude, longitude], { radius: 8, color: ink, fillOpacity: 0.6 }).bindTooltip(words).addTo(drawn);
  }
  map.fitBounds(drawn.getBounds(), { padding: [16, 16], maxZoom: 17 });
}

// Leaflet takes its attribution as HTML; ours are words.
function plain(words) {
  const made = document.createElement("span");
  made.textContent = words;
  return made.innerHTML;
}
